using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models;

/// <summary>Networks of three other families, recorded with the original libraries (Golden/layouts, Golden/seed).</summary>
public class LayoutsTests
{
    private static readonly string[] Names =
    [
        "ho-port.ckpt", "ho-port-no-conv-resample.ckpt", "guided-cifar10-like.pt", "guided-imagenet-like.pt", "guided-new-attention.pt",
        "guided-half-first-multiplier.pt", "guided-no-conv-resample.pt",
    ];

    // What the originals' own hyper-parameters say and a file does not. These networks have no process: they were only asked once.
    private static PretrainedOptions Given(string name)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Shared.Golden("layouts/layouts.json")));
        var settings = json.RootElement.GetProperty(name);
        return new()
        {
            Groups = Number("norm_groups"),
            Heads = Number("num_heads"),
            UpHeads = Number("num_heads_upsample"),
            HeadWidth = Number("num_head_channels"),
            NewAttentionOrder = settings.TryGetProperty("use_new_attention_order", out var order) && order.GetBoolean(),
            Schedule = new LinearSchedule(),
        };

        int? Number(string key) => settings.TryGetProperty(key, out var value) ? value.GetInt32() : null;
    }

    private static long Parameters(string name)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Shared.Golden("layouts/layouts.json")));
        return json.RootElement.GetProperty(name).GetProperty("parameters").GetInt64();
    }

    private static void IsRecorded(Diffusion model, string name, string output = "y")
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var file = SafetensorsFile.Open(Shared.Golden($"layouts/{name}.expected.safetensors"));
        var source = file.Dictionaries[0];
        var labels = source.Contains("labels") ? source.Read("labels") : null;
        var y = model.Denoiser.Predict(source.Read("x"), source.Read("t").to(ScalarType.Float32), labels);
        // float32 against another version of the same library: 1e-5 of the largest value.
        Expect.RelativelyClose(y, source.Read(output), 1e-5);
    }

    [TestCaseSource(nameof(Names))]
    public void Predict_IsTheOriginals(string file)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        using var model = Diffusion.FromPretrained(Shared.Golden($"layouts/{file}"), Given(name));
        // The port's "bayesian" type counts 1,000 values that the network does not use.
        Assert.That(model.ParameterCount, Is.EqualTo(Parameters(name) - (name == "ho-port-no-conv-resample" ? 1000 : 0)));
        IsRecorded(model, name);
    }

    [Test]
    public void TrainingStateOfTheHoPort_HoldsAveragedWeightsUnlessRawOnesAreAskedFor()
    {
        var path = Shared.Golden("layouts/ho-port-training.ckpt");
        using var averaged = Diffusion.FromPretrained(path, Given("ho-port"));
        IsRecorded(averaged, "ho-port", "y_ema");
        using var raw = Diffusion.FromPretrained(path, Given("ho-port") with { Key = "0" });
        IsRecorded(raw, "ho-port");
    }

    [TestCase("model.pth", 1e-5)]
    [TestCase("model-legacy.pth", 1e-5)]
    [TestCase("model-half.pth", 2e-3)]          // the weights themselves are rounded
    [TestCase("model-bfloat16.pth", 2e-2)]
    public void ReferenceProgramsFile_OfEveryKind_PredictsAsRecorded(string file, double tolerance)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var model = Diffusion.FromPretrained(Shared.Golden($"seed/{file}"), new() { Groups = 4 });
        Assert.That(model.ParameterCount, Is.EqualTo(434_872));
        using var recorded = SafetensorsFile.Open(Shared.Golden("seed/forward.safetensors"));
        var y = model.Denoiser.Predict(CosineNoise.Draw(5, 3, 3, 32, 32), tensor((float[])[999, 0, 499]));
        Expect.RelativelyClose(y, recorded.Dictionaries[0].Read("square.y"), tolerance);
    }

    [Test]
    public void FromPretrained_WithoutWhatTheFileDoesNotSay_AsksForItByName()
    {
        Assert.That(() => Diffusion.FromPretrained(Shared.Golden("layouts/guided-cifar10-like.pt")),
            Throws.ArgumentException.With.Message.Contains("Heads"));
        Assert.That(() => Diffusion.FromPretrained(Shared.Golden("layouts/guided-cifar10-like.pt"), new() { Heads = 2 }),
            Throws.ArgumentException.With.Message.Contains("groups must divide"));
        Assert.That(() => Diffusion.FromPretrained(Shared.Golden("layouts/ho-port-training.ckpt"), new() { Key = "model" }),
            Throws.TypeOf<DataFormatException>().With.Message.Contains("'0'").And.Message.Contains("'4'"));
    }

    [TestCaseSource(nameof(Names))]
    public void ChainThroughEveryFormat_KeepsEveryTensor(string file)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        using TemporaryFolder own = new(), pipeline = new(), again = new(), ownAgain = new();
        using (var model = Diffusion.FromPretrained(Shared.Golden($"layouts/{file}"), Given(name)))
            model.Save(own.Path);
        Assert.That(Pass(own, model => model.Save(ownAgain.Path)), Is.True);
        foreach (var part in (string[])["ddpm.json", "model.safetensors"])
            Assert.That(File.ReadAllBytes(ownAgain.File(part)), Is.EqualTo(File.ReadAllBytes(own.File(part))));

        // A UNet2DModel has one width for its first convolution, full-size level and time features.
        var possible = name is not ("guided-half-first-multiplier" or "ho-port-no-conv-resample");
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
