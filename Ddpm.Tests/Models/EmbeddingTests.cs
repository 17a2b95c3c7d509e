using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models;

/// <summary>Networks that take an embedding of each image, as diffusers' class_embed_type "identity", or see an image beside x.</summary>
public class EmbeddingTests
{
    private static readonly UNetOptions Options =
        UNetOptions.Tiny with { Channels = 16, Labels = new() { Kind = LabelKind.Identity, Count = 1 }, Dropout = 0 };

    [Test]
    public void AnEmbeddingNetwork_IsSavedLoadedAndSampled()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var network = UNetTests.Randomised(Options);
        network.eval();
        using (var model = new DiffusionBuilder().WithDenoiser(network).Build())
            model.SavePretrained(folder.Path);
        using var loaded = Diffusion.FromPretrained(folder.Path);
        var (x, t) = (CosineNoise.Draw(1, 2, 3, 16, 16), tensor((float[])[3, 500]));
        var given = new Conditioning { Embedding = CosineNoise.Draw(2, 2, 64) };
        var y = network.Predict(x, t, given);
        Expect.Same(loaded.Denoiser.Predict(x, t, given), y);
        Assert.That(Expect.Difference(network.Predict(x, t, new Conditioning { Embedding = zeros(2, 64) }), y), Is.GreaterThan(0.01));
        Assert.That(() => network.Predict(x, t), Throws.ArgumentException.With.Message.Contains("takes embeddings [N, 64]"));
        Assert.That(() => network.Predict(x, t, new Conditioning { Embedding = zeros(2, 63) }),
            Throws.ArgumentException.With.Message.Contains("[2, 63]"));

        SamplingOptions With(Tensor? embedding) => new()
        {
            Seed = 0,
            Sampler = new DdimSampler(3),
            Conditioning = embedding is null ? null : new() { Embedding = embedding },
        };
        var embedded = loaded.Sample(2, With(given.Embedding));
        Assert.That(Expect.AreSame(loaded.Sample(2, With(zeros(2, 64))), embedded), Is.False);
        // Image k follows from its own embedding, whatever the batch.
        Expect.Close(loaded.Sample(2, With(given.Embedding) with { BatchSize = 1 }), embedded, 1e-4);
        // Zeros are no condition: at scale 0 the embedding does not matter.
        var none = With(given.Embedding) with { Guidance = new(0) };
        Expect.Same(loaded.Sample(2, none), loaded.Sample(2, With(zeros(2, 64))));
        Assert.That(() => loaded.Sample(2, seed: 0), Throws.ArgumentException.With.Message.Contains("Embedding of width 64"));
        Assert.That(() => loaded.Sample(3, With(given.Embedding)), Throws.ArgumentException.With.Message.Contains("[3, 64]"));
    }

    // The embedding is the only thing that tells bright images from dark ones: trained, the network draws what it is given.
    [Test]
    public void Train_OnEmbeddings_LearnsThem()
    {
        using var scope = NewDisposeScope();
        using var network = new UNet(Options with { Image = new(1, 4, 4), Multipliers = [1, 1], AttentionResolutions = [] });
        using var model = new DiffusionBuilder().WithCosineSchedule(50).WithDenoiser(network).Build();
        model.Train(
            new() { Steps = 150, BatchSize = 32, LearningRate = 2e-3, WarmupSteps = 10, EmaDecay = 0.9, HorizontalFlip = false, LabelDropout = 0.1 },
            new BrightOrDark());
        var one = ones(64) * tensor((float[])[1]);
        var embeddings = stack([one, one, -one, -one]);
        var images = model.Sample(4, new() { Seed = 1, Conditioning = new() { Embedding = embeddings }, Sampler = new DdimSampler(25) });
        var means = images.mean([1L, 2, 3]).data<float>().ToArray();
        TestContext.Out.WriteLine(string.Join(", ", means));
        Assert.That(means[..2], Has.All.GreaterThan(0.2f));
        Assert.That(means[2..], Has.All.LessThan(-0.2f));
        Assert.That(() => model.Train(new() { IfTrained = WhenTrained.GoOn }, new ImageDataset(new ImageShape(1, 4, 4), new byte[16 * 128])),
            Throws.ArgumentException.With.Message.Contains("embeddings of 64"));
    }

    [Test]
    public void ANetworkThatSeesAnImageBesideX_TrainsAndSamplesWithIt()
    {
        using var scope = NewDisposeScope();
        var options = UNetOptions.Tiny with { Channels = 16, ConditionChannels = 1 };
        using var model = new DiffusionBuilder().WithLinearSchedule(20).WithUNet(options).Build();
        var data = new ShapesReader(count: 8, size: 16).Read();
        var training = new TrainingOptions { Steps = 2, BatchSize = 4 };
        Assert.That(() => model.Train(training, data), Throws.ArgumentException.With.Message.Contains("ConditionImage"));
        model.Train(training with { ConditionImage = x0 => x0.mean([1L], keepdim: true) }, data);
        var gray = zeros(2, 1, 16, 16);
        var images = model.Sample(2, new() { Seed = 0, Conditioning = new() { Image = gray } });
        Assert.That(images.isfinite().all().item<bool>(), Is.True);
        Assert.That(() => model.Sample(2, seed: 0), Throws.ArgumentException.With.Message.Contains("Image of width 1"));
        using var folder = new TemporaryFolder();
        model.Save(folder.File("own"));
        using var loaded = Diffusion.FromPretrained(folder.File("own"));
        Expect.Same(loaded.Sample(2, new() { Seed = 0, Conditioning = new() { Image = gray } }), images);
        Assert.That(() => model.SavePretrained(folder.File("pipeline")), Throws.InvalidOperationException.With.Message.Contains("see x alone"));
    }

    private sealed class BrightOrDark : IImageDataset
    {
        public int Count => 128;

        public ImageShape Shape => new(1, 4, 4);

        public IReadOnlyList<int>? Labels => null;

        public IReadOnlyList<string>? ClassNames => null;

        public int EmbeddingWidth => 64;

        public void CopyTo(int index, Span<byte> destination) => destination.Fill((byte)(index % 2 == 0 ? 220 : 35));

        public void CopyEmbedding(int index, Span<float> destination) => destination.Fill(index % 2 == 0 ? 1 : -1);
    }
}
