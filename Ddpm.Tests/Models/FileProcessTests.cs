using static TorchSharp.torch;

namespace Ddpm.Tests.Models;

/// <summary>The process of a file of weights: its family's, or asked for by name.</summary>
public class FileProcessTests
{
    private static readonly PretrainedOptions CifarLike = new() { Heads = 2, Groups = 4 };

    private static readonly PretrainedOptions NewAttention =
        new() { Heads = 4, Groups = 4, NewAttentionOrder = true, Schedule = new LinearSchedule() };

    private static string Golden(string file) => Recordings.At(file);

    [Test]
    public void GuidedFile_WithoutItsProcess_AsksForItByName()
    {
        var path = Golden("layouts/guided-cifar10-like.pt");
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
            Golden("layouts/guided-cifar10-like.pt"), CifarLike with { Schedule = new CosineSchedule(4000), RescaledSteps = rescaled });
        Assert.That(model.Process.Schedule.Betas, Is.EqualTo(new CosineSchedule(4000).Betas));
        Assert.That(model.Prediction.Parameterization.Variance, Is.EqualTo(LearnedVariance.Range));
        Assert.That(model.Prediction.Parameterization.Time(model.Process.Path.At(3999)), Is.EqualTo(rescaled ? 999.75 : 3999));

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
        using var model = Diffusion.FromPretrained(Golden("layouts/guided-new-attention.pt"), NewAttention);
        Assert.That(((AncestralSampler)model.Sampler).Variance, Is.EqualTo(AncestralVariance.FixedLarge));
        Assert.That(model.Prediction.Parameterization.Variance, Is.EqualTo(LearnedVariance.None));
    }

    // A program of this family has no learned variance, so which kind it is must be said.
    [Test]
    public void HoPortFile_OfTwiceTheChannels_AsksForTheVariance()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("twice.safetensors");
        using (var file = TensorFile.Open(Golden("layouts/ho-port.ckpt")))
        using (NewDisposeScope())
        {
            var state = file.Dictionaries[0].Entries.ToDictionary(entry => entry.Name, entry => file.Dictionaries[0].Read(entry.Name));
            foreach (var name in (string[])["conv_out.weight", "conv_out.bias"])
                state[name] = cat([state[name], state[name]]);
            SafetensorsWriter.Write(path, state);
        }
        Assert.That(() => Diffusion.FromPretrained(path, new() { Groups = 4 }),
            Throws.TypeOf<DiffusionConfigurationException>().With.Message.Contains("Variance").And.Message.Contains("6 output channels"));
        using var told = Diffusion.FromPretrained(path, new() { Groups = 4, LearnedVariance = LearnedVariance.Direct });
        Assert.That(told.Prediction.Parameterization.Variance, Is.EqualTo(LearnedVariance.Direct));
        using var other = DiffusionBuilder.FromPretrained(path, new() { Groups = 4 }).WithDdim(10).Build();
        Assert.That(other.Sampler, Is.TypeOf<DdimSampler>());
    }

    [Test]
    public void FromPretrained_OfWhatSaysItItself_RefusesToBeTold()
    {
        Assert.That(() => DiffusionBuilder.FromPretrained(Golden("layouts/ho-port.ckpt"), new() { Groups = 4, Steps = 50, Eta = 1 }),
            Throws.ArgumentException.With.Message.Contains("Steps, Eta"));
        Assert.That(() => DiffusionBuilder.FromPretrained(Golden("pipelines/ddim-eta0"), new() { Heads = 4, Schedule = new LinearSchedule() }),
            Throws.ArgumentException.With.Message.Contains("Heads, Schedule"));
        using var folder = new TemporaryFolder();
        using (var model = Diffusion.FromPretrained(Golden("layouts/ho-port.ckpt"), new() { Groups = 4 }))
            model.Save(folder.Path);
        Assert.That(() => DiffusionBuilder.FromPretrained(folder.Path, new() { Steps = 50, Groups = 4 }),
            Throws.ArgumentException.With.Message.Contains("Steps, Groups"));
    }
}
