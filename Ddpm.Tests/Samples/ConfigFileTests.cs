using System.CommandLine;
using System.Text.Json;
using Ddpm.Samples;

namespace Ddpm.Tests.Samples;

/// <summary>What a run writes of its flags is read back as the same flags, and a file with faults is refused by name.</summary>
public class ConfigFileTests
{
    private readonly Option<int> whole = Flag.Whole("--batchsize", "A whole number.", 5, least: -10);
    private readonly Option<ulong> seed = CommonOptions.Seed();
    private readonly Option<double?> number = Flag.OptionalNumber("--beta_end", "A number.", 0, double.MaxValue);
    private readonly Option<int[]> wholes = Flag.Wholes("--t", "Whole numbers.", 0, 1000, 1, 2);
    private readonly Option<string[]> words = new("--samplers") { Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = true };
    private readonly Option<bool> yes = new("--classes");
    private readonly Option<(int Height, int Width)> size = CommonOptions.Size("A size.", 32);
    private readonly Option<LossKind?> kind = Flag.OptionalOneOf<LossKind>("--loss", "A name.");
    private readonly Option<string?> text = new("--path");
    private readonly OutputFlag output = OutputFlag.Folder("out");
    private TemporaryFolder folder = null!;

    [SetUp] public void SetUp() => folder = new TemporaryFolder();

    [TearDown] public void TearDown() => folder.Dispose();

    private RootCommand Job()
    {
        var job = new Command("job") { whole, seed, number, wholes, words, yes, size, kind, text, output };
        job.NotWith(number, whole);
        job.Does((_, _) => { });
        return new RootCommand { job };
    }

    [TestCase("")]
    [TestCase("--batchsize 7 --seed 18446744073709551615 --beta_end 1e-7 --t 3,1,2 --samplers ddim heun --classes")]
    [TestCase("--size 8x16 --loss l1 --path /a=b:c")]
    [TestCase("--batch-size -3 --beta-end 0.1 --size 12 --t 4 --samplers ddim --samplers heun --classes false --path=-x")]
    [TestCase("--path=@nothing --loss L2 --classes true --seed 007")]
    [TestCase("--path <empty>")]
    public void Write_ThenRead_GivesTheSameFlags(string line)
    {
        string[] given = ["job", .. line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word == "<empty>" ? "" : word)];
        var first = new ConfiguredLine(WithoutTheRule(), [.. given, "--out", folder.Path]).Parsed;
        Assert.That(first.Errors, Is.Empty);
        ConfigFile.Write(first);
        var line2 = new ConfiguredLine(WithoutTheRule(), ["job", "--config", folder.File("ddpm.config.json")]);
        Assert.That(line2.Errors, Is.Empty);
        Assert.That(Values(line2.Parsed), Is.EqualTo(Values(first)));
        var before = File.ReadAllText(folder.File("ddpm.config.json"));
        ConfigFile.Write(line2.Parsed);
        Assert.That(File.ReadAllText(folder.File("ddpm.config.json")), Is.EqualTo(before));

        RootCommand WithoutTheRule()
        {
            var root = Job();
            root.Subcommands[0].Validators.Clear();
            return root;
        }
        string Values(ParseResult parsed) => JsonSerializer.Serialize(new object?[]
        {
            parsed.GetValue(whole), parsed.GetValue(seed), parsed.GetValue(number), parsed.GetValue(wholes), parsed.GetValue(words),
            parsed.GetValue(yes), parsed.GetValue(size).ToString(), parsed.GetValue(kind), parsed.GetValue(text), parsed.GetValue(output),
        });
    }

    [Test]
    public void Write_NamesTheFlagsAsTheReferencePrograms_WithValuesOfTheirTypes()
    {
        string[] given = ["job", "--batch-size", "7", "--t", "1,2", "--classes", "--size", "8x8", "--out", folder.Path];
        ConfigFile.Write(new ConfiguredLine(Job(), given).Parsed);
        using var file = JsonDocument.Parse(File.ReadAllText(folder.File("ddpm.config.json")));
        Assert.That(JsonSerializer.Serialize(file.RootElement), Is.EqualTo(
            $$"""{"batchsize":7,"t":[1,2],"classes":true,"size":"8x8","out":{{JsonSerializer.Serialize(folder.Path)}}}"""));
    }

    [Test]
    public void CommandLine_WinsOverTheFile()
    {
        File.WriteAllText(folder.File("c.json"), """{ "batch-size": 7, /* as one likes */ "size": 16, "classes": true, }""");
        var line = new ConfiguredLine(Job(), ["job", "--batchsize", "8", "--classes", "false", "--config", folder.File("c.json")]);
        Assert.That(line.Errors, Is.Empty);
        Assert.That((line.Parsed.GetValue(whole), line.Parsed.GetValue(size), line.Parsed.GetValue(yes)), Is.EqualTo((8, (16, 16), false)));
    }

    [TestCase("""{"batchsise":7}""", "c.json must name flags of job, but 'batchsise' is none.")]
    [TestCase("""{"--batchsize":7}""", "c.json must name flags of job, but '--batchsize' is none.")]
    [TestCase("""{"config":"c.json"}""", "c.json must name flags of job, but 'config' is none.")]
    [TestCase("""{"help":true}""", "c.json must name flags of job, but 'help' is none.")]
    [TestCase("""{"batchsize":7,"batch-size":8}""", "c.json must name each flag once, but names batchsize as 'batch-size' too.")]
    [TestCase("""{"batchsize":7,"batchsize":8}""", "c.json must be a JSON object of flags and values: Duplicate property")]
    [TestCase("""{"batchsize":"7"}""", "c.json: batchsize must be a number, but is \"7\".")]
    [TestCase("""{"batchsize":null}""", "c.json: batchsize must be a number, but is null.")]
    [TestCase("""{"batchsize":[7]}""", "c.json: batchsize must be a number, but is [7].")]
    [TestCase("""{"classes":1}""", "c.json: classes must be true or false, but is 1.")]
    [TestCase("""{"t":"1,2"}""", "c.json: t must be numbers in brackets, but is \"1,2\".")]
    [TestCase("""{"t":[]}""", "c.json: t must be numbers in brackets, but is [].")]
    [TestCase("""{"samplers":["ddim",1]}""", "c.json: samplers must be texts in brackets, but is [\"ddim\",1].")]
    [TestCase("""{"loss":{"kind":"L1"}}""", "c.json: loss must be a text, but is {\"kind\":\"L1\"}.")]
    [TestCase("""{"size":true}""", "c.json: size must be a number or a text, but is true.")]
    [TestCase("[1]", "c.json must be a JSON object of flags and values, but is [1].")]
    [TestCase("", "c.json must be a JSON object of flags and values: ")]
    [TestCase("""{"a":{"b":{"c":{"d":{"e":1}}}}}""", "c.json must be a JSON object of flags and values: ")]
    public void Read_OfAFault_NamesFileAndFlag(string json, string message)
    {
        File.WriteAllText(folder.File("c.json"), json);
        var fault = Assert.Throws<ArgumentException>(() => _ = new ConfiguredLine(Job(), ["job", "--config", folder.File("c.json")]))!;
        Assert.That(fault.Message, Does.StartWith(folder.File(message)));
    }

    [TestCase("""{"batchsize":7.5}""", "", "{0}: --batchsize must be a whole number in -10..2147483647, but is '7.5'.")]
    [TestCase("""{"size":"8x"}""", "", "{0}: --size must be pixels in 1..100000, one number or height x width as 192x160, but is '8x'.")]
    [TestCase("""{"batchsize":7}""", "--beta-end 0.1", "{0}: --batchsize would be ignored with --beta_end.")]
    [TestCase("""{"batchsize":7}""", "--size x", "--size must be pixels in 1..100000, one number or height x width as 192x160, but is 'x'.")]
    public void Errors_OfAValue_NameTheFileThatBroughtIt(string json, string line, string message)
    {
        File.WriteAllText(folder.File("c.json"), json);
        var read = new ConfiguredLine(Job(), ["job", .. line.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--config", folder.File("c.json")]);
        Assert.That(read.Errors, Is.EqualTo(new[] { string.Format(null, message, folder.File("c.json")) }));
    }

    [Test]
    public void Read_OfAFileThatIsTooLarge_IsRefusedUnread()
    {
        using (var file = File.Create(folder.File("c.json")))
            file.SetLength(1L << 40);
        Assert.That(() => new ConfiguredLine(Job(), ["job", "--config", folder.File("c.json")]),
            Throws.ArgumentException.With.Message.Contains("must have at most 1048576 bytes"));
    }

    [Test]
    public void Read_OfAByteOrderMark_IsNoFault()
    {
        File.WriteAllText(folder.File("c.json"), """{"batchsize":7}""", new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        Assert.That(new ConfiguredLine(Job(), ["job", "--config", folder.File("c.json")]).Parsed.GetValue(whole), Is.EqualTo(7));
    }

    [Test]
    public void Config_OfNoFile_IsAnErrorOfTheCommandLine() =>
        Assert.That(new ConfiguredLine(Job(), ["job", "--config", folder.File("c.json")]).Errors,
            Is.EqualTo(new[] { $"--config must name a JSON file, but '{folder.File("c.json")}' is no file." }));
}
