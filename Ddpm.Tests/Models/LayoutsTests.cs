using System.Text.Json;
using Ddpm.Tests.Models.Compiled;
using Ddpm.Tests.Models.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models;

/// <summary>Networks of three other families, recorded with the original libraries (Golden/layouts, Golden/seed).</summary>
public class LayoutsTests
{
    private const string IndexFile = "layouts/layouts.json", Seed = "seed/info.json";
    private static readonly string[] Endings = [".pt", ".ckpt", ".pth", ".safetensors"];

    private static IEnumerable<TestCaseData> Names =>
        Recordings.Cases(IndexFile, () => Recordings.Index(IndexFile).EnumerateObject().Select(each => each.Name));

    // What the Ho port's training loop saved, beside the same network's weights alone.
    private static IEnumerable<TestCaseData> TrainingStates => Recordings.Cases(
        IndexFile, () => Recordings.Index(IndexFile).EnumerateObject().Select(each => each.Name).Where(name => Recordings.Has(TrainingState(name))));

    private static IEnumerable<TestCaseData> SeedFiles => Recordings.Cases(Seed, () => new (string File, double Tolerance)[]
    {
        ("model.pth", 1e-5), ("model-legacy.pth", 1e-5), ("model-from-gpu.pth", 1e-5),
        ("model-half.pth", 2e-3), ("model-bfloat16.pth", 2e-2),       // the weights themselves are rounded
    }.Where(each => Recordings.Has("seed/" + each.File)).Select(each => new object?[] { each.File, each.Tolerance }), arguments: 2);

    private static JsonElement Settings(string name) => Recordings.Index(IndexFile).GetProperty(name);

    private static string TrainingState(string name) => $"layouts/{name}-training.ckpt";

    private static string Weights(string name) =>
        Recordings.At(Endings.Select(ending => $"layouts/{name}{ending}").FirstOrDefault(Recordings.Has) ?? $"layouts/{name}{Endings[0]}");

    // What the originals' own hyper-parameters say and a file does not. These networks have no process: they were only asked once.
    private static PretrainedOptions Given(string name) => new()
    {
        Groups = Settings(name).FindInteger("norm_groups"),
        Heads = Settings(name).FindInteger("num_heads"),
        UpHeads = Settings(name).FindInteger("num_heads_upsample"),
        HeadWidth = Settings(name).FindInteger("num_head_channels"),
        NewAttentionOrder = Settings(name).Says("use_new_attention_order"),
        Schedule = new LinearSchedule(),
    };

    private static void IsRecorded(Diffusion model, string name, string output = "y")
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var source = Recordings.Tensors($"layouts/{name}.expected.safetensors").Dictionaries[0];
        var labels = source.Contains("labels") ? source.Read("labels") : null;
        var (x, t) = (source.Read("x"), source.Read("t").to(ScalarType.Float32));
        // float32 against another version of the same library: 1e-5 of the largest value.
        Expect.RelativelyClose(model.Denoiser.Predict(x, t, labels), source.Read(output), 1e-5);
        Twin.IsRecorded(model.Denoiser, x, t, labels, source.Read(output));
        Exported.IsRecorded(model.Denoiser, x, t, labels, source.Read(output));
    }

    [TestCaseSource(nameof(Names))]
    public void Predict_IsTheOriginals(string name)
    {
        using var model = Diffusion.FromPretrained(Weights(name), Given(name));
        using var file = TensorFile.Open(Weights(name));
        // The port's "bayesian" type counts a value a step that the network does not use.
        var unused = file.Dictionaries[0].Entries.Where(entry => entry.Name == "logvar").Sum(entry => entry.Shape.Aggregate(1L, (a, b) => a * b));
        Assert.That(model.ParameterCount, Is.EqualTo(Settings(name).GetProperty("parameters").GetInt64() - unused));
        IsRecorded(model, name);
    }

    [TestCaseSource(nameof(TrainingStates))]
    public void TrainingStateOfTheHoPort_HoldsAveragedWeightsUnlessRawOnesAreAskedFor(string name)
    {
        var path = Recordings.At(TrainingState(name));
        using var averaged = Diffusion.FromPretrained(path, Given(name));
        IsRecorded(averaged, name, "y_ema");
        using var raw = Diffusion.FromPretrained(path, Given(name) with { Key = "0" });
        IsRecorded(raw, name);
        Assert.That(() => Diffusion.FromPretrained(path, new() { Key = "model" }),
            Throws.TypeOf<DataFormatException>().With.Message.Contains("'0'").And.Message.Contains("'4'"));
    }

    [TestCaseSource(nameof(SeedFiles))]
    public void ReferenceProgramsFile_OfEveryKind_PredictsAsRecorded(string file, double tolerance)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var info = Recordings.Index(Seed);
        using var model = Diffusion.FromPretrained(Recordings.At($"seed/{file}"), new() { Groups = info.GetProperty("groups").GetInt32() });
        Assert.That(model.ParameterCount, Is.EqualTo(info.GetProperty("parameters").GetInt64()));
        var recorded = Recordings.Tensors("seed/forward.safetensors");
        var (x, t) = (recorded.Read("square.x"), recorded.Read("square.t").to(ScalarType.Float32));
        Expect.RelativelyClose(model.Denoiser.Predict(x, t), recorded.Read("square.y"), tolerance);
        Twin.IsRecorded(model.Denoiser, x, t, labels: null, recorded.Read("square.y"), tolerance);
    }

    // guided-diffusion's networks whose widths 32 groups, the family's own number, do not divide.
    private static IEnumerable<TestCaseData> NetworksWithHeads => Recordings.Cases(IndexFile, () => Recordings.Index(IndexFile).EnumerateObject()
        .Where(each => each.Value.FindInteger("model_channels") % 32 > 0 && each.Value.Find("num_heads") is not null).Select(each => each.Name));

    [TestCaseSource(nameof(NetworksWithHeads))]
    public void FromPretrained_WithoutWhatTheFileDoesNotSay_AsksForItByName(string name)
    {
        var path = Weights(name);
        Assert.That(() => Diffusion.FromPretrained(path), Throws.ArgumentException.With.Message.Contains("Heads"));
        Assert.That(() => Diffusion.FromPretrained(path, Given(name) with { Groups = null }),
            Throws.ArgumentException.With.Message.Contains("groups must divide"));
    }

    [TestCaseSource(nameof(Names))]
    public void ChainThroughEveryFormat_KeepsEveryTensor(string name)
    {
        using TemporaryFolder own = new(), pipeline = new(), again = new(), ownAgain = new();
        using (var model = Diffusion.FromPretrained(Weights(name), Given(name)))
            model.Save(own.Path);
        Assert.That(Pass(own, model => model.Save(ownAgain.Path)), Is.True);
        foreach (var part in (string[])["ddpm.json", "model.safetensors"])
            Assert.That(File.ReadAllBytes(ownAgain.File(part)), Is.EqualTo(File.ReadAllBytes(own.File(part))));

        // A UNet2DModel has one width for its first convolution, full-size level and time features.
        var multipliers = Settings(name).Find("channel_mult") ?? Settings(name).GetProperty("ch_mult");
        var possible = multipliers[0].GetDouble() == 1;
        Assert.That(Pass(own, model => model.SavePretrained(pipeline.Path)), Is.EqualTo(possible));
        if (!possible)
            return;
        Pass(pipeline, model => model.Save(again.Path));
        using var scope = NewDisposeScope();
        using var before = SafetensorsFile.Open(own.File("model.safetensors"));
        using var after = SafetensorsFile.Open(again.File("model.safetensors"));
        foreach (var entry in before.Dictionaries[0].Entries)
            Expect.Same(after.Dictionaries[0].Read(entry.Name), before.Dictionaries[0].Read(entry.Name));
        using var last = Diffusion.FromPretrained(again.Path);
        IsRecorded(last, name);

        static bool Pass(TemporaryFolder from, Action<Diffusion> to)
        {
            using var model = Diffusion.FromPretrained(from.Path);
            try
            {
                to(model);
                return true;
            }
            catch (InvalidOperationException fault) when (fault.Message.StartsWith("A diffusers pipeline cannot hold", StringComparison.Ordinal))
            {
                return false;
            }
        }
    }
}
