using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models;

/// <summary>Networks with classes, through the builder, training, sampling and files.</summary>
public class ConditionalTests(bool wrapped) : WrappedOrPlainTests(wrapped)
{
    private static readonly UNetOptions Options = UNetOptions.Tiny with { Channels = 16 };

    // A network whose class embedding matters.
    private static UNet Network(LabelOptions? labels) => UNetTests.Randomised(Options with { Labels = labels });

    private Diffusion Model(UNet network) =>
        new DiffusionBuilder().WithLinearSchedule(20, 0.01, 0.4).WithDenoiser(Wrap(network), Options.Image).Build();

    [TestCase(false, 5)]
    [TestCase(true, 6)]
    public void ClassEmbedding_HasARowForNoClassIfWanted(bool nullClass, int rows)
    {
        using var model = new DiffusionBuilder().WithUNet(Options).WithClasses(5, nullClass).Build();
        var network = (UNet)model.Denoiser;
        Assert.That(network.state_dict()["class_embedding.weight"].shape, Is.EqualTo(new long[] { rows, 64 }));
        Assert.That((network.Traits.Classes, network.Traits.NullClass), Is.EqualTo((5, nullClass ? 5 : (int?)null)));
    }

    [Test]
    public void Sample_FollowsItsLabels()
    {
        using var scope = NewDisposeScope();
        using var network = Network(new() { Count = 3, NullClass = true });
        using var model = Model(network);
        var images = model.Sample(3, new() { Seed = 0, Labels = [0, 1, 1] });
        // Convolutions of other batch sizes round otherwise.
        Expect.Close(model.Sample(3, new() { Seed = 0, Labels = [0, 1, 1], BatchSize = 1 }), images, 1e-3);
        var others = model.Sample(3, new() { Seed = 0, Labels = [0, 2, 1] });
        Expect.Close(others[0], images[0], 0);
        Assert.That(Expect.Difference(others[1], images[1]), Is.GreaterThan(0.05));
        Expect.Close(others[2], images[2], 0);
    }

    [Test]
    public void Guidance_OfScale1_IsTheConditionalSampleToTheBit_AndOfScale0TheUnconditional()
    {
        using var scope = NewDisposeScope();
        using var network = Network(new() { Count = 3, NullClass = true });
        using var model = Model(network);
        var labelled = new SamplingOptions { Seed = 0, Labels = [0, 1] };
        Expect.Same(model.Sample(2, labelled with { Guidance = new(1) }), model.Sample(2, labelled));
        Expect.Same(model.Sample(2, labelled with { Guidance = new(0) }), model.Sample(2, seed: 0));
        Assert.That(Expect.Difference(model.Sample(2, labelled with { Guidance = new(3) }), model.Sample(2, labelled)), Is.GreaterThan(0.05));
        // Almost 1: both halves are computed, and make the conditional output but for the rounding of a batch of twice the size.
        Expect.Close(model.Sample(2, labelled with { Guidance = new(1 + 1e-9) }), model.Sample(2, labelled), 1e-3);
    }

    [Test]
    public void SaveThenLoad_KeepsClassesAndNullClass()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var network = Network(new() { Count = 3, NullClass = true });
        using var model = Model(network);
        model.Save(folder.Path);
        using var loaded = Diffusion.FromPretrained(folder.Path);
        var options = new SamplingOptions { Seed = 0, Labels = [0, 2], Guidance = new(2), Backend = Backend };
        Expect.Same(loaded.Sample(2, options), model.Sample(2, options));
    }

    [Test]
    public void ThroughAPipeline_TheNullClassIsARowThatTheBuilderIsTold()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var network = Network(new() { Count = 3, NullClass = true });
        using var model = Model(network);
        model.SavePretrained(folder.Path);
        using var plain = Diffusion.FromPretrained(folder.Path);
        Assert.That((plain.Denoiser.Traits.Classes, plain.Denoiser.Traits.NullClass), Is.EqualTo((4, (int?)null)));
        using var told = DiffusionBuilder.FromPretrained(folder.Path).WithClasses(3).Build();
        var options = new SamplingOptions { Seed = 0, Labels = [0, 2], Guidance = new(2), Sampler = new DdimSampler(10), Backend = Backend };
        Expect.Same(told.Sample(2, options), model.Sample(2, options));
        Assert.That(() => DiffusionBuilder.FromPretrained(folder.Path).WithClasses(4).Build(),
            Throws.TypeOf<DataFormatException>().With.Message.Contains("class_embedding.weight"));
    }

    [Test]
    public void LabelsThatDoNotFit_AreRefusedBeforeTheFirstStep()
    {
        using UNet classes = Network(new() { Count = 3 }), guided = Network(new() { Count = 3, NullClass = true }), none = Network(null);
        using Diffusion withClasses = Model(classes), withNull = Model(guided), without = Model(none);
        Assert.That(() => withClasses.Stream(1), Throws.ArgumentException.With.Message.Contains("classes and no null class"));
        Assert.That(() => withNull.Stream(1, new() { Seed = 0, Labels = [3] }),
            Throws.ArgumentException.With.Message.Contains("0..2").And.Message.Contains("one is 3"));
        Assert.That(() => withNull.Stream(1, new() { Seed = 0, Labels = [-1] }), Throws.ArgumentException.With.Message.Contains($"{-1}"));
        Assert.That(() => withNull.Stream(1, new() { Seed = 0, Guidance = new(2) }), Throws.ArgumentException.With.Message.Contains("no labels"));
        Assert.That(() => withClasses.Stream(1, new() { Seed = 0, Labels = [1], Guidance = new(2) }),
            Throws.ArgumentException.With.Message.Contains("no null class"));
        Assert.That(() => without.Stream(1, new() { Seed = 0, Labels = [1] }), Throws.ArgumentException.With.Message.Contains("no classes"));
        Assert.That(() => new DiffusionBuilder().WithClasses(0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new DiffusionBuilder().WithDenoiser(Wrap(none), Options.Image).WithClasses(3).Build(),
            Throws.TypeOf<DiffusionConfigurationException>().With.Message.Contains("Classes are for a UNet"));
        Assert.That(() => new UNet(Options with { Labels = new() { Kind = LabelKind.Timestep, NullClass = true } }),
            Throws.ArgumentException.With.Message.Contains("null class"));
    }

    // Any whole number is a label of these; where the features are a table, any of its rows.
    [TestCase(TimeEmbeddingKind.Sinusoidal, int.MaxValue)]
    [TestCase(TimeEmbeddingKind.Learned, 20)]
    public void LabelsAsNumbers_TrainAndSample_AndNoGuidanceLeadsAwayFromThem(TimeEmbeddingKind kind, int classes)
    {
        using var scope = NewDisposeScope();
        using var model = Build(new DiffusionBuilder().WithLinearSchedule(20, 0.01, 0.4)
            .WithUNet(Options with { Labels = new() { Kind = LabelKind.Timestep }, Time = new() { Kind = kind, Steps = 20 } }));
        Assert.That(model.Denoiser.Traits.Classes, Is.EqualTo(classes));
        model.Train(new() { Steps = 3, BatchSize = 4, LearningRate = 1e-2, WarmupSteps = 0, EmaDecay = 0 }, new ShapesReader(count: 12).Read());
        var images = model.Sample(2, new() { Seed = 0, Labels = [3, 19] });
        Assert.That(images.isfinite().all().item<bool>(), Is.True);
        Expect.Same(model.Sample(2, new() { Seed = 0, Labels = [3, 19], Guidance = new(1) }), images);
        Assert.That(Expect.Difference(model.Sample(2, new() { Seed = 0, Labels = [3, 0] })[1], images[1]), Is.GreaterThan(0));
        Assert.That(() => model.Stream(1), Throws.ArgumentException.With.Message.Contains("labels must be given"));
        Assert.That(() => model.Stream(1, new() { Seed = 0, Labels = [1], Guidance = new(2) }),
            Throws.ArgumentException.With.Message.Contains("no null class"));
        Assert.That(() => model.Stream(1, new() { Seed = 0, Labels = [-1] }), Throws.ArgumentException.With.Message.Contains($"one is {-1}"));
        if (classes < int.MaxValue)
            Assert.That(() => model.Stream(1, new() { Seed = 0, Labels = [20] }), Throws.ArgumentException.With.Message.Contains("0..19"));
    }

    [Test]
    public void TrainingRecorder_OfANetworkWithClasses_DrawsThemAndMeasuresTheirLoss()
    {
        using var folder = new TemporaryFolder();
        using var model = Build(new DiffusionBuilder().WithLinearSchedule(5, 0.1, 0.5).WithUNet(Options).WithClasses(12, nullClass: false));
        var recorder = new TrainingRecorder(model, folder.Path) { Pictures = 3, HeldOut = new ShapesReader(count: 5, seed: 1).Read() };
        model.Train(new() { Steps = 2, BatchSize = 4 }, new ShapesReader(count: 12).Read(), observers: [recorder]);
        Assert.That(recorder.HeldOutLosses.Single().Loss, Is.InRange(0.1, 3));
        Assert.That(File.Exists(folder.File("samples.png")), Is.True);
    }
}
