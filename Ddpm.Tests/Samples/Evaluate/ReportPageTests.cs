using System.Text.RegularExpressions;
using Ddpm.Samples;

namespace Ddpm.Tests.Samples.Evaluate;

/// <summary>The page opens by itself: nothing is fetched and nothing runs, whatever files and classes are called.</summary>
public partial class ReportPageTests
{
    private const string Hostile = "</title><script>alert('x')</script><img src=http://example.com/x onerror=\"alert(1)\">&amp;";

    private static readonly ImageDataset Images = new(
        new(3, 2, 2), [.. Enumerable.Range(0, 8 * 12).Select(i => (byte)(i * 2))], [0, 1, 0, 1, 0, 1, 0, 1], [Hostile, "\"'><svg onload=alert(1)>"]);

    [Test]
    public void Text_WithHostileNames_HasOnlyThisProgramsTags()
    {
        var (page, plain) = (Page(Hostile), Page("a name"));
        Assert.That(Tags(page), Is.EqualTo(Tags(plain)));
        Assert.That(page, Does.Contain("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;").And.Not.Contain("<script"));
        // Quoted attributes are closed by this program alone.
        Assert.That(Attribute().Matches(page).Select(match => match.Groups["name"].Value).Distinct(), Is.EquivalentTo(
            Attribute().Matches(plain).Select(match => match.Groups["name"].Value).Distinct()).And.None.StartsWith("on"));
    }

    [Test]
    public void Text_FetchesNothing()
    {
        var page = Page("a name");
        Assert.That(page, Does.Contain("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src &#39;none&#39;; img-src data:;"));
        Assert.That(Attribute().Matches(page).Where(match => match.Groups["name"].Value is "src" or "href" or "data" or "action" or "srcset" or "poster")
            .Select(match => match.Value), Has.Exactly(8 + 2 * 8 * 4).Items.And.All.StartsWith("src=\"data:image/png;base64,"));
        Assert.That(page, Does.Not.Contain("url(").And.Not.Contain("@import").And.Not.Contain("http://").And.Not.Contain("https://"));
    }

    [Test]
    public void Text_IsReadableForThoseWhoDoNotSee()
    {
        var page = Page("a name");
        Assert.That(page, Does.StartWith("<!DOCTYPE html>\n<html lang=\"en\">").And.Contain("name=\"viewport\""));
        Assert.That(Image().Matches(page).Select(match => match.Value), Is.Not.Empty.And.All.Match("alt=\"[^\"]+\""));
        foreach (Match section in Section().Matches(page))
            Assert.That(page, Does.Contain($"<h2 id=\"{section.Groups["id"].Value}\">"));
        Assert.That(page, Does.Contain("aria-label=\"Loss by step t\"").And.Contain("<th scope=\"row\">"));
    }

    [Test, SetCulture("tr-TR")]
    public void Text_InAnotherCulture_WritesTheSameNumbers() =>
        Assert.That(Page("a name"), Does.Contain(">1.25</td>").And.Contain("± 0.5").And.Contain("2026-01-02 03:04 UTC").And.Contain("50.0 %"));

    // Of the ResNet-18 that any .NET program gets a figure must never look like one of papers.
    [TestCase("ResNet-18 (Microsoft.ML.DnnImageFeaturizer 0.23.1)", "Fréchet ResNet-18 distance")]
    [TestCase("pixels 3x2x2", "Fréchet distance, pixels 3x2x2")]
    [TestCase("Inception-v3 (2015-12-05)", "Fréchet Inception distance (FID)")]
    public void Name_OfADistance_SaysItsFeatures(string space, string name) => Assert.That(Measures.DistanceOf(new(space, 4)), Is.EqualTo(name));

    [Test]
    public void Json_IsInvariantAndKeepsAll()
    {
        using var json = System.Text.Json.JsonDocument.Parse(Result("a \"name\"").Json());
        var root = json.RootElement;
        Assert.That(root.GetProperty("evaluated").GetProperty("name").GetString(), Is.EqualTo("a \"name\""));
        Assert.That(root.GetProperty("measures")[0].GetProperty("value").GetDouble(), Is.EqualTo(1.25));
        Assert.That(root.GetProperty("memorisation").GetProperty("nearShare").GetDouble(), Is.EqualTo(0.5));
    }

    private static string Page(string name) => new ReportPage(Result(name), Images, Images).Text();

    private static EvaluationResult Result(string name)
    {
        ShownImage[] shown = [.. Enumerable.Range(0, 8).Select(i => new ShownImage(i, [new(i, 1.5), new(0, 2)], [new(i, 3)]))];
        return new()
        {
            Program = "Ddpm 0.0.0",
            Date = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc),
            Device = "cpu",
            Evaluated = new(name, null, 8, "3 x 2 x 2"),
            Reference = new(name, name, 8, null),
            Features = new(name, 4) { Version = name, Resize = name },
            Measures = [new() { Key = "frechet", Name = name, Value = 1.25, Spread = 0.5, OfRealImages = 1, LessIsBetter = true, Note = name }],
            Memorisation = new() { Distances = [1, 2, 3, 4], HeldOut = [2.5, 3, 3, 3], Suspects = shown, First = shown },
            Loss = new() { Images = 8, Steps = [1, 2], Training = [0.1, 0.01], HeldOut = [0.2, 0] },
            Bits = new() { Images = 8, HeldOut = true, Mean = 3.5, Spread = 0.1, Prior = 1e-5, Terms = [new(5, 0.1, 0, 0), new(0, 2, 0, 0)] },
        };
    }

    private static string[] Tags(string page) => [.. Tag().Matches(page).Select(match => match.Value)];

    [GeneratedRegex("</?[a-zA-Z]+")]
    private static partial Regex Tag();

    [GeneratedRegex("(?<=\\s)(?<name>[a-z-]+)=\"[^\"]*\"")]
    private static partial Regex Attribute();

    [GeneratedRegex("<img [^>]*>")]
    private static partial Regex Image();

    [GeneratedRegex("<section aria-labelledby=\"(?<id>[a-z]+)\">")]
    private static partial Regex Section();
}
