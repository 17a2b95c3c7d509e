namespace Ddpm.Tests.Documents;

/// <summary>
/// Links and pictures of the documents lead to files and headings that there are. Those out of the repository are listed, not followed.
/// </summary>
public class LinksTests
{
    private static IEnumerable<string> Names => Documents.All().Select(document => document.Name);

    [TestCaseSource(nameof(Names))]
    public void Links_OfADocument_LeadSomewhere(string name)
    {
        var targets = MarkdownLinks.Targets(TextOf(name)).ToArray();
        foreach (var external in targets.Where(MarkdownLinks.IsExternal).Distinct())
            TestContext.Out.WriteLine(external);
        Assert.That(targets.Select(target => MarkdownLinks.Fault(name, target, Read)).OfType<string>(), Is.Empty);
    }

    [Test]
    public void Contents_OfTheDocumentation_NameEveryPage()
    {
        var pages = Names.Where(name => name.StartsWith("docs/", StringComparison.Ordinal) && name != "docs/README.md")
            .Select(name => name["docs/".Length..]);
        Assert.That(MarkdownLinks.Targets(TextOf("docs/README.md")), Is.SupersetOf(pages));
    }

    [Test]
    public void Pictures_OfTheDocumentation_AreAllShown()
    {
        var shown = Documents.All().SelectMany(document => MarkdownLinks.Targets(document.Text)).Select(Path.GetFileName).ToHashSet();
        Assert.That(Directory.EnumerateFiles(Repository.At("docs/images")).Select(Path.GetFileName), Is.SubsetOf(shown));
    }

    [TestCase("[a](other.md)", null)]
    [TestCase("[`a`](other.md#two-words--more)", null)]
    [TestCase("[a](other.md#two-words--more-1)", null)]
    [TestCase("[a](../README.md)", null)]
    [TestCase("[a](#here-code-too)", null)]
    [TestCase("![a]({repository}/docs/other.md)", null)]
    [TestCase("`[a](nothing.md)` and\n\n```\n[a](nothing.md)\n```\n", null)]
    [TestCase("[a](https://nowhere.example/x)", null)]
    [TestCase("[a](nothing.md)", "nothing.md: there is no docs/nothing.md")]
    [TestCase("![`a` and `b`](nothing.md)", "nothing.md: there is no docs/nothing.md")]
    [TestCase("[a](README.md)", "README.md: there is no docs/README.md")]
    [TestCase("[a](other.md#three)", "other.md#three: docs/other.md has no heading of that name")]
    [TestCase("[a](#there)", "#there: docs/this.md has no heading of that name")]
    public void Link_ThatLeadsNowhere_IsFound(string text, string? fault)
    {
        text += "\n## Here: `code`, too\n```\n# there\n```\n";
        string? Made(string path) => path switch
        {
            "README.md" => "",
            "docs/this.md" => text,
            "docs/other.md" => "# Two words, ... more\n## Two words, & more\n## Two words, & more\n",
            _ => null,
        };
        var faults = MarkdownLinks.Targets(text).Select(target => MarkdownLinks.Fault("docs/this.md", target, Made)).OfType<string>();
        Assert.That(faults, Is.EqualTo(fault is null ? [] : new[] { fault }));
    }

    private static string TextOf(string name) => Documents.All().Single(document => document.Name == name).Text;

    private static string? Read(string path)
    {
        var full = Repository.At(path);
        return path.EndsWith(".md", StringComparison.Ordinal) && File.Exists(full) ? File.ReadAllText(full).ReplaceLineEndings("\n")
            : File.Exists(full) || Directory.Exists(full) ? ""
            : null;
    }
}
