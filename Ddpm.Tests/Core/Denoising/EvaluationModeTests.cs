using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core;

public class EvaluationModeTests
{
    [Test]
    public void Predict_OfOneNetworkInTrainingModeFromManyThreads_IsAlwaysWithoutDropout()
    {
        using var network = new Dropping();
        var path = new DiffusionPath(new LinearSchedule());
        using var x = ones(1, 3, 8, 8);
        var different = 0;
        Parallel.For(0, 400, new() { MaxDegreeOfParallelism = 8 }, _ =>
        {
            using var scope = NewDisposeScope();
            var predictor = new Predictor(network, path, new() { Clip = null });
            if (!predictor.Predict(x, path.At(500)).Epsilon.eq(1).all().item<bool>())
                Interlocked.Increment(ref different);
        });
        Assert.That((different, network.training), Is.EqualTo((0, true)));
    }

    [Test]
    public void Leaving_PutsEveryPartIntoItsOwnMode()
    {
        using var network = new Dropping();
        network.Frozen.eval();
        using (EvaluationMode.Of(network))
        {
            Assert.That((network.training, network.Trained.training, network.Frozen.training), Is.EqualTo((false, false, false)));
            using (EvaluationMode.Of(network))
            {
            }
            Assert.That(network.training, Is.False);
        }
        Assert.That((network.training, network.Trained.training, network.Frozen.training), Is.EqualTo((true, true, false)));
    }

    [Test]
    public void Training_PutsEveryPartIntoItsOwnMode()
    {
        using var network = new Dropping();
        network.Frozen.eval();
        var data = new ImageDataset(new ImageShape(3, 8, 8), new byte[4 * 192]);
        using var trainer = new Trainer(network, new GaussianDiffusion(new LinearSchedule()), data, new() { Steps = 1, BatchSize = 4 });
        trainer.Run();
        Assert.That((network.training, network.Trained.training, network.Frozen.training), Is.EqualTo((true, true, false)));
    }

    [Test]
    public void ANetworkInEvaluationMode_StaysAsItIs()
    {
        using var network = new Dropping();
        network.eval();
        network.Trained.train();        // dropout that is wanted while sampling
        using (EvaluationMode.Of(network))
            Assert.That(network.Trained.training, Is.True);
        Assert.That((network.training, network.Trained.training), Is.EqualTo((false, true)));
    }

    /// <summary>Says ones; in training mode, half of them are dropped.</summary>
    private sealed class Dropping : nn.Module, IDenoiser
    {
        private readonly Parameter weight = new(ones(1));

        internal Dropping()
            : base(nameof(Dropping)) => RegisterComponents();

        internal Dropout Trained { get; } = nn.Dropout(0.5);

        internal BatchNorm2d Frozen { get; } = nn.BatchNorm2d(3);

        public Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null)
        {
            using var scope = NewDisposeScope();
            return Trained.call(ones_like(x) * weight).MoveToOuterDisposeScope();
        }
    }
}
