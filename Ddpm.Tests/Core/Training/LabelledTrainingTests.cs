using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Training;

public class LabelledTrainingTests(bool wrapped) : WrappedOrPlainTests(wrapped)
{
    private static readonly GaussianDiffusion Process = new(new LinearSchedule(50));
    private static readonly TrainingOptions Options = new() { Steps = 3, BatchSize = 4, WarmupSteps = 0 };

    // Each image is filled with its label.
    private static ImageDataset Data(int classes, bool labelled = true)
    {
        int[] labels = [.. Enumerable.Range(0, 12).Select(i => i % classes)];
        return new(new ImageShape(3, 2, 2), [.. labels.SelectMany(label => Enumerable.Repeat((byte)label, 12))], labelled ? labels : null);
    }

    [Test]
    public void Run_TellsTheNetworkEachImagesLabel()
    {
        // At t = 0 of an all but noiseless process x is the image, and so says its label.
        using var network = new LabelReader(5, nullClass: true);
        var process = new GaussianDiffusion(new TabulatedSchedule([1e-12]));
        using var trainer = new Trainer(Wrap(network), process, Data(5), Options with { DropLast = false });
        trainer.Run();
        Assert.That(network.Seen, Has.Count.EqualTo(12));
        Assert.That(network.Seen, Has.All.Matches<(long Label, double Pixel)>(seen => Math.Abs((seen.Pixel + 1) * 127.5 - seen.Label) < 0.01));
        Assert.That(network.Seen.Select(seen => seen.Label).Distinct(), Is.EquivalentTo(new[] { 0, 1, 2, 3, 4 }));
    }

    [Test]
    public void Run_WithLabelDropout_TellsTheNullClassAsOften()
    {
        using var network = new LabelReader(5, nullClass: true);
        using var trainer = new Trainer(Wrap(network), Process, Data(5), Options with { Steps = 500, LabelDropout = 0.2 });
        trainer.Run();
        // 400 of 2,000, standard deviation 18; five of them.
        Assert.That(network.Seen.Count(seen => seen.Label == 5), Is.InRange(310, 490));
    }

    [Test]
    public void DroppedLabels_FollowSeedStepAndPlaceAlone()
    {
        static bool[] Dropped(ulong seed, int step, int count, double probability) =>
            [.. Enumerable.Range(0, count).Select(i => TrainingDraws.DropsCondition(seed, step, i, probability))];
        var dropped = Dropped(3, 7, 200, 0.3);
        Assert.That(Dropped(3, 7, 50, 0.3), Is.EqualTo(dropped[..50]));
        Assert.That(Dropped(3, 8, 200, 0.3), Is.Not.EqualTo(dropped));
        Assert.That(Dropped(4, 7, 200, 0.3), Is.Not.EqualTo(dropped));
        Assert.That(Dropped(3, 7, 200, 0), Has.All.False);
        Assert.That(Dropped(3, 7, 200, 1), Has.All.True);
    }

    [Test]
    public void NetworkAndDataThatDisagree_AreRefusedWithTheRule()
    {
        using var network = new LabelReader(5, nullClass: false);
        using var plain = new TinyNetwork();
        Assert.That(() => new Trainer(Wrap(network), Process, Data(5, labelled: false), Options),
            Throws.ArgumentException.With.Message.Contains("has classes").And.Message.Contains("has none"));
        Assert.That(() => new Trainer(Wrap(network), Process, Data(6), Options),
            Throws.ArgumentException.With.Message.Contains("0..4").And.Message.Contains("one is 5"));
        Assert.That(() => new Trainer(Wrap(network), Process, Data(5), Options with { LabelDropout = 0.1 }),
            Throws.ArgumentException.With.Message.Contains("null class"));
        Assert.That(() => new Trainer(Wrap(plain), Process, Data(5), Options with { LabelDropout = 0.1 }),
            Throws.ArgumentException.With.Message.Contains("null class"));
        Assert.That(() => new Trainer(Wrap(network), Process, Data(5), Options with { LabelDropout = 1.1 }),
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("LabelDropout"));
        Assert.That(() => new Trainer(Wrap(network), Process, Data(5), Options with { OffsetNoise = -1 }),
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("OffsetNoise"));
        using var unlabelled = new Trainer(Wrap(plain), Process, Data(5), Options);
        Assert.That(() => unlabelled.Run(), Throws.Nothing);
    }

    [Test]
    public void OffsetNoise_AddsOneDrawToAllPixelsOfAChannel()
    {
        using var scope = NewDisposeScope();
        var x = zeros(2000, 3, 2, 2);
        var offset = (TrainingDraws.NoiseLike(1, 5, x, 0.3) - TrainingDraws.NoiseLike(1, 5, x)) / 0.3;
        var draw = offset.mean([2L, 3L], keepdim: true);
        Expect.Close(offset, draw.expand_as(offset), 2e-6);      // a sum and a difference of numbers below 5 in float32, over 0.3
        // 6,000 independent normals: standard errors 0.013 of the mean, 0.009 of the deviation; five of them.
        Assert.That(draw.mean().item<float>(), Is.EqualTo(0).Within(0.065));
        Assert.That(draw.std().item<float>(), Is.EqualTo(1).Within(0.045));
    }

    /// <summary>Keeps every label it is told, with a pixel of its image.</summary>
    private sealed class LabelReader : nn.Module, IDenoiser
    {
        private readonly TorchSharp.Modules.Parameter weight = nn.Parameter(zeros(1));

        internal LabelReader(int classes, bool nullClass)
            : base(nameof(LabelReader))
        {
            (Classes, NullClass) = (classes, nullClass ? classes : null);
            RegisterComponents();
        }

        public int Classes { get; }

        public int? NullClass { get; }

        internal List<(long Label, double Pixel)> Seen { get; } = [];

        public NetworkTraits Traits => new() { Classes = Classes, NullClass = NullClass };

        public Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null)
        {
            var labels = conditioning?.Labels;
            for (var i = 0; i < x.shape[0]; i++)
                Seen.Add((labels![i].item<long>(), x[i, 0, 0, 0].item<float>()));
            return weight * x;
        }
    }
}
