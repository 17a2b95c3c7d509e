using System.Text.RegularExpressions;

namespace Ddpm.Tests.Samples;

/// <summary>--help is true and whole, and the documents' command lines use flags that there are.</summary>
public partial class SampleHelpTests
{
    private static readonly string[] WithoutOut = ["Doctor", "Convert", "Convert convert", "Convert list", "Convert verify", "WebStudio"];

    private static IEnumerable<string> Commands => [.. SampleProgram.Names, .. WithoutOut[2..5]];

    [TestCaseSource(nameof(Commands))]
    public void Help_NamesEveryFlagOnceWithADescription(string command)
    {
        var flags = Flags(command).ToArray();
        Assert.That(flags, Is.Not.Empty);
        foreach (var (names, description) in flags)
            Assert.That(description, Does.Match(@"\w.*\w"), names);
        var named = flags.SelectMany(flag => Name().Matches(flag.Names).Select(match => match.Value)).ToArray();
        Assert.That(named, Is.Unique);
        Assert.That(named.Contains("--out"), Is.EqualTo(!WithoutOut.Contains(command)));
    }

    // What --out means is one of two things, and the description says which; the default is of that kind.
    [TestCaseSource(nameof(Commands))]
    public void Help_SaysWhetherOutIsAPictureOrAFolder(string command)
    {
        var (names, description) = Flags(command).FirstOrDefault(flag => flag.Names.StartsWith("--out", StringComparison.Ordinal));
        if (names is null)
            return;
        Assert.That(description, names.Contains("file.png", StringComparison.Ordinal)
            ? Does.Match(@"^The picture to write, a \.png file\. .* \[default: .*\.png\]$")
            : Does.Match(@"^The folder to write into\. .* \[default: out/\w+\]$"));
    }

    // The flags of the reference programs.
    [TestCase("Train", "--data_type", "--path", "--batchsize", "--epoch", "--timesteps", "--beta_start", "--beta_end", "--device", "--seed")]
    [TestCase("ForwardProcess", "--timesteps", "--beta_start", "--beta_end", "--t", "--img_path", "--seed")]
    [TestCase("ReverseProcess", "--data_type", "--timesteps", "--beta_start", "--beta_end", "--weights", "--device", "--seed")]
    [TestCase("Interpolate", "--img1_path", "--img2_path", "--interp_steps", "--timesteps", "--weights", "--device", "--seed")]
    public void Help_HasTheReferenceProgramsFlags(string sample, params string[] flags) => Assert.That(flags, Is.SubsetOf(NamesOf(sample)));

    [TestCaseSource(nameof(DocumentedLines))]
    public void CommandLine_OfADocument_UsesFlagsThatThereAre(string place, string sample, string arguments)
    {
        Assert.That(SampleProgram.Names.Append(SampleProgram.Tool), Does.Contain(sample), place);
        var command = sample is "Convert" or SampleProgram.Tool ? $"{sample} {Word().Match(arguments).Value}".TrimEnd() : sample;
        Assert.That(Name().Matches(arguments).Select(match => match.Value), Is.SubsetOf(NamesOf(command)), place);
    }

    [Test]
    public void CommandLines_OfTheDocuments_AreFound() => Assert.That(DocumentedLines().Count(), Is.GreaterThanOrEqualTo(10));

    // dotnet run … --project samples/X -- flags, over several lines if they end with a backslash; `samples/X flags`; the table of README.md;
    // and ddpm x flags.
    private static IEnumerable<TestCaseData> DocumentedLines()
    {
        foreach (var (name, text) in Ddpm.Tests.Documents.Documents.All())
        {
            var joined = text.Replace("\\\n", " ", StringComparison.Ordinal);
            foreach (Match match in Run().Matches(joined).Concat(Inline().Matches(joined)).Concat(Row().Matches(joined)))
                foreach (Capture arguments in match.Groups["arguments"].Captures)
                    yield return Line(match.Groups["sample"].Value, arguments.Value);
            foreach (Match match in Tool().Matches(joined))
                yield return Line(SampleProgram.Tool, match.Groups["arguments"].Value);

            TestCaseData Line(string sample, string arguments) =>
                new TestCaseData(name, sample, arguments).SetArgDisplayNames($"{name}: {sample} {arguments.Trim()}");
        }
    }

    private static string[] NamesOf(string command) =>
        [.. Flags(command).SelectMany(flag => Name().Matches(flag.Names).Select(match => match.Value))];

    private static IEnumerable<(string Names, string Description)> Flags(string command)
    {
        var words = command.Split(' ');
        var (code, output, error) = SampleProgram.Call(words[0], [.. words[1..], "--help"]);
        Assert.That(code, Is.Zero, error);
        return Option().Matches(output.ReplaceLineEndings("\n")[output.IndexOf("Options:", StringComparison.Ordinal)..])
            .Select(match => (match.Groups["names"].Value.Trim(), match.Groups["description"].Value.Trim()));
    }

    [GeneratedRegex(@"^  (?<names>-\S.*?)(  +(?<description>\S.*))?$", RegexOptions.Multiline)]
    private static partial Regex Option();

    [GeneratedRegex(@"--[a-z][a-z0-9_-]*")]
    private static partial Regex Name();

    [GeneratedRegex(@"^\s*\w+")]
    private static partial Regex Word();

    [GeneratedRegex(@"^dotnet run [^\n]*--project samples/(?<sample>\w+)(?: -- (?<arguments>[^\n#]*))?", RegexOptions.Multiline)]
    private static partial Regex Run();

    [GeneratedRegex(@"^ddpm (?<arguments>[a-z]+[^\n#]*)", RegexOptions.Multiline)]
    private static partial Regex Tool();

    [GeneratedRegex(@"`samples/(?<sample>\w+) (?<arguments>--[^`]*)`")]
    private static partial Regex Inline();

    [GeneratedRegex(
        @"^\| \[`(?<sample>\w+)`\]\(samples/\k<sample>/\w+\.cs\) \|(?:[^\n`]|`(?!--)[^`\n]*`|`(?<arguments>--[^`\n]*)`)*\|$",
        RegexOptions.Multiline)]
    private static partial Regex Row();
}
