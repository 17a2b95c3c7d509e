using TorchSharp;
using static Ddpm.Tests.Core.Training.TrainerTests;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Training;

/// <summary>Activations that are computed again for the gradient.</summary>
public class CheckpointingTests
{
    private static readonly UNetOptions Shape = UNetOptions.Tiny with
    {
        Channels = 16, Dropout = 0.3, SelfConditioning = true, Downsampling = [Resampling.ResidualBlock], Upsampling = [Resampling.ResidualBlock],
    };

    private static float[] Train(UNetOptions shape, TrainingOptions options)
    {
        using var network = new UNet(shape, seed: 1);
        using var trainer = new Trainer(network, Process, new ShapesReader(count: 16).Read(), options with { Steps = 3, BatchSize = 6 });
        trainer.Run();
        return Weights(network);
    }

    [TestCase(false, TrainingPrecision.Float32, null)]
    [TestCase(true, TrainingPrecision.Float32, 4)]
    [TestCase(true, TrainingPrecision.BFloat16, null)]
    [TestCase(false, TrainingPrecision.BFloat16, 4)]
    public void Training_GivesTheSameBits(bool scaleShift, TrainingPrecision precision, int? part)
    {
        var shape = Shape with { ScaleShift = scaleShift };
        var options = Options with { Precision = precision, MicroBatchSize = part };
        var (without, with) = (Train(shape, options), Train(shape, options with { ActivationCheckpointing = true }));
        Assert.That(with, Is.EqualTo(without));
    }

    [Test]
    public void Blocks_AreSwitchedForTheStepsAlone()
    {
        using var network = new UNet(Shape);
        var parts = network.modules().OfType<ICheckpointedModule>().ToArray();
        Assert.That(parts, Has.Length.EqualTo(14));             // 10 residual blocks, of which two resample, and 4 of attention
        parts[0].CheckpointsActivations = true;
        using var trainer = new Trainer(
            network, Process, new ShapesReader(count: 16).Read(), Options with { Steps = 2, ActivationCheckpointing = true });
        trainer.Run();
        Assert.That(parts.Select(part => part.CheckpointsActivations), Is.EqualTo(parts.Select((_, i) => i == 0)));
    }

    [Test]
    public void Run_CallsAgainForTheGradient_AndKeepsNothingElse()
    {
        using var scope = NewDisposeScope();
        var x = randn(5, 4).requires_grad_(true);
        var weight = nn.Parameter(randn(4, 4));
        var calls = 0;
        Tensor Part(IReadOnlyList<Tensor> given)
        {
            calls++;
            using var inside = NewDisposeScope();
            return (given[0].mm(weight).sin() * given[1]).MoveToOuterDisposeScope();
        }
        var factor = full(1, 2f);
        Part([x, factor]).sum().backward();
        var (expected, itsWeight) = (x.grad!.clone(), weight.grad!.clone());
        (x.grad, weight.grad, calls) = (null, null, 0);
        var said = ActivationCheckpoint.Run(Part, x, factor);
        Assert.That(calls, Is.EqualTo(1));
        said.sum().backward();
        Assert.That(calls, Is.EqualTo(2));
        Expect.Same(x.grad!, expected);
        Expect.Same(weight.grad!, itsWeight);
        // Without a gradient it is but a call.
        calls = 0;
        using (no_grad())
            _ = ActivationCheckpoint.Run(Part, x, factor);
        using var plain = ActivationCheckpoint.Run(Part, x.detach(), factor);
        Assert.That((calls, plain.requires_grad), Is.EqualTo((2, true)));
        Assert.That(() => ActivationCheckpoint.Run(Part), Throws.ArgumentException.With.Message.Contains("at least one input"));
        GradientFunction.Forget();
    }

    [Test]
    public void ManySteps_LeaveNoTensors()
    {
        using var network = new UNet(Shape);
        using var trainer = new Trainer(
            network, Process, new ShapesReader(count: 16).Read(), Options with { Steps = 100, BatchSize = 2, ActivationCheckpointing = true });
        trainer.TakeStep();
        trainer.TakeStep();
        var before = Expect.LiveTensors();
        for (var step = 0; step < 20; step++)
            trainer.TakeStep();
        Assert.That(Tensor.TotalCount - before, Is.LessThanOrEqualTo(40));       // figures that were not read: a few a step
    }

    [Test]
    public void AFaultInTheSecondComputation_ComesOutAsItIs()
    {
        using var network = new FailingLater();
        using var trainer = new Trainer(network, Process, Images(), Options with { ActivationCheckpointing = true });
        Assert.That(() => trainer.Run(), Throws.InstanceOf<FormatException>().With.Message.EqualTo("the second time"));
    }

    [Test]
    public void ANetworkThatCannot_IsRefused()
    {
        using var network = new TinyNetwork();
        Assert.That(
            () => new Trainer(network, Process, Images(), Options with { ActivationCheckpointing = true }),
            Throws.ArgumentException.With.Message.Contains(nameof(ICheckpointedModule)));
    }

    private sealed class FailingLater : nn.Module, IDenoiser, ICheckpointedModule
    {
        private readonly TinyNetwork inside = new();

        internal FailingLater()
            : base(nameof(FailingLater)) => RegisterComponents();

        public bool CheckpointsActivations { get; set; }

        public Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null)
        {
            using var first = inside.Predict(x, t);
            var calls = 0;
            return ActivationCheckpoint.Run(given => ++calls == 2 ? throw new FormatException("the second time") : given[0] * 2, first);
        }
    }
}
