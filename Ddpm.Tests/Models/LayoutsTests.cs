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

    private static readonly PretrainedOptions CifarLike = new() { Heads = 2, Groups = 4 };

    [Test]
    public void GuidedFile_WithoutItsProcess_AsksForItByName()
    {
        var path = Shared.Golden("layouts/guided-cifar10-like.pt");
        Assert.That(() => Diffusion.FromPretrained(path, CifarLike),
            Throws.TypeOf<DiffusionConfigurationException>().With.Message.Contains("Schedule").And.Message.Contains("cosine of 4,000")
                .And.Message.Contains("guided-cifar10-like.pt"));
        // With another number of steps than 1,000 it matters how they are told.
        Assert.That(() => Diffusion.FromPretrained(path, CifarLike with { Schedule = new CosineSchedule(4000) }),
            Throws.TypeOf<DiffusionConfigurationException>().With.Message.Contains("RescaledSteps").And.Message.Contains("1000/4000"));
        Assert.That(() => DiffusionBuilder.FromPretrained(path, CifarLike).WithCosineSchedule(4000).Build(),
            Throws.TypeOf<DiffusionConfigurationException>().With.Message.Contains("RescaledSteps"));
        Assert.That(() => new DiffusionBuilder().WithWeights(path, CifarLike).Build(),
            Throws.TypeOf<DiffusionConfigurationException>().With.Message.Contains("Schedule"));
        using var built = DiffusionBuilder.FromPretrained(path, CifarLike).WithLinearSchedule(1000).Build();
        Assert.That(built.Process.Schedule, Is.TypeOf<LinearSchedule>());
    }

    // The documented example: improved-diffusion's published CIFAR-10 network.
    [Test]
    public void GuidedFile_WithItsProcess_IsThatDiffusion([Values] bool rescaled)
    {
        using var model = Diffusion.FromPretrained(
            Shared.Golden("layouts/guided-cifar10-like.pt"), CifarLike with { Schedule = new CosineSchedule(4000), RescaledSteps = rescaled });
        Assert.That(model.Process.Schedule.Betas, Is.EqualTo(new CosineSchedule(4000).Betas));
        Assert.That(((AncestralSampler)model.Sampler).Variance, Is.EqualTo(AncestralVariance.LearnedRange));
        Assert.That(model.Prediction.Input.Told(model.Process.Path.At(3999)), Is.EqualTo(rescaled ? 999.75 : 3999));

        using var folder = new TemporaryFolder();
        model.Save(folder.Path);
        using var loaded = Diffusion.FromPretrained(folder.Path);
        Assert.That(loaded.Prediction, Is.EqualTo(model.Prediction));
        Assert.That(loaded.Sampler, Is.EqualTo(model.Sampler));
        if (rescaled)
            Assert.That(() => model.SavePretrained(folder.File("pipeline")), Throws.InvalidOperationException.With.Message.Contains("told"));
        else
            model.SavePretrained(folder.File("pipeline"));
    }

    [Test]
    public void GuidedFile_OfCChannels_HasAFixedVariance()
    {
        using var model = Diffusion.FromPretrained(Shared.Golden("layouts/guided-new-attention.pt"), Given("guided-new-attention"));
        Assert.That(((AncestralSampler)model.Sampler).Variance, Is.EqualTo(AncestralVariance.FixedLarge));
        using var small = Diffusion.FromPretrained(
            Shared.Golden("layouts/guided-new-attention.pt"), Given("guided-new-attention") with { Variance = AncestralVariance.FixedSmall });
        Assert.That(((AncestralSampler)small.Sampler).Variance, Is.EqualTo(AncestralVariance.FixedSmall));
    }

    // A program of this family has no learned variance, so which kind it is must be said.
    [Test]
    public void HoPortFile_OfTwiceTheChannels_AsksForTheVariance()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("twice.safetensors");
        using (var file = TensorFile.Open(Shared.Golden("layouts/ho-port.ckpt")))
        using (NewDisposeScope())
        {
            var state = file.Dictionaries[0].Entries.ToDictionary(entry => entry.Name, entry => file.Dictionaries[0].Read(entry.Name));
            foreach (var name in (string[])["conv_out.weight", "conv_out.bias"])
                state[name] = cat([state[name], state[name]]);
            SafetensorsWriter.Write(path, state);
        }
        Assert.That(() => Diffusion.FromPretrained(path, new() { Groups = 4 }),
            Throws.TypeOf<DiffusionConfigurationException>().With.Message.Contains("Variance").And.Message.Contains("6 output channels"));
        using var told = Diffusion.FromPretrained(path, new() { Groups = 4, Variance = AncestralVariance.Learned });
        Assert.That(((AncestralSampler)told.Sampler).Variance, Is.EqualTo(AncestralVariance.Learned));
        using var other = DiffusionBuilder.FromPretrained(path, new() { Groups = 4 }).WithDdim(10).Build();
        Assert.That(other.Sampler, Is.TypeOf<DdimSampler>());
    }

    [Test]
    public void FromPretrained_OfWhatSaysItItself_RefusesToBeTold()
    {
        Assert.That(() => DiffusionBuilder.FromPretrained(Shared.Golden("layouts/ho-port.ckpt"), new() { Groups = 4, Steps = 50, Eta = 1 }),
            Throws.ArgumentException.With.Message.Contains("Steps, Eta"));
        Assert.That(() => DiffusionBuilder.FromPretrained(Shared.Golden("pipelines/ddim-eta0"), new() { Heads = 4, Schedule = new LinearSchedule() }),
            Throws.ArgumentException.With.Message.Contains("Heads, Schedule"));
        using var folder = new TemporaryFolder();
        using (var model = Diffusion.FromPretrained(Shared.Golden("layouts/ho-port.ckpt"), new() { Groups = 4 }))
            model.Save(folder.Path);
        Assert.That(() => DiffusionBuilder.FromPretrained(folder.Path, new() { Steps = 50, Groups = 4 }),
            Throws.ArgumentException.With.Message.Contains("Steps, Groups"));
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
