using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Training;

/// <summary>What importance sampling is for: less noise in the gradient of the bound (Nichol and Dhariwal 2021, section 3.3 and figure 6).</summary>
[Category("Slow")]
public class GradientNoiseTests
{
    private const int Batch = 32, Batches = 100;

    private static readonly GaussianDiffusion Process = new(new LinearSchedule(200, 5e-4, 0.1));
    private static readonly IImageDataset Data = new ShapesReader(count: 1024).Read();

    private static readonly TrainingOptions Options = new()
    {
        Steps = 400, BatchSize = Batch, LearningRate = 1e-3, WarmupSteps = 50, EmaDecay = 0, HorizontalFlip = false,
        Loss = LossKind.VariationalBound,
    };

    private static UNet Network() => new(UNetOptions.Tiny with { Channels = 16, OutputChannels = 6, Dropout = 0 });

    [Test]
    public void OnTheBound_ImportanceSampling_LowersTheNoise()
    {
        using var network = Network();
        using var trainer = new Trainer(network, Process, Data, Options with { Levels = TrainingLevels.Importance() });
        var importance = new List<TrainingProgress>();
        trainer.Run(new Direct<TrainingProgress>(importance.Add));
        using var other = Network();
        using var control = new Trainer(other, Process, Data, Options);
        var uniform = new List<TrainingProgress>();
        control.Run(new Direct<TrainingProgress>(uniform.Add));
        Assert.That(trainer.Losses.IsFull, Is.True);

        Report("uniform", uniform);
        Report("importance", importance);
        double[] noise = [.. new[] { TrainingLevels.Uniform, TrainingLevels.Stratified, TrainingLevels.Importance() }.Select(sampling =>
            GradientNoise(network, trainer.Losses, sampling))];
        Assert.That(noise[2], Is.LessThan(noise[0] / 3));
    }

    private static void Report(string name, List<TrainingProgress> run)
    {
        var last = run.TakeLast(200).ToArray();
        var (loss, norm) = (Moments(last.Select(step => step.Loss)), Moments(last.Select(step => step.GradientNorm)));
        TestContext.Out.WriteLine(
            $"{name}, last 200 steps: loss {loss.Mean:F3} ± {loss.Deviation:F3} bits, gradient norm {norm.Mean:F2} ± {norm.Deviation:F2}");
    }

    private static (double Mean, double Deviation) Moments(IEnumerable<double> values)
    {
        var all = values.ToArray();
        var mean = all.Average();
        return (mean, Math.Sqrt(all.Sum(value => (value - mean) * (value - mean)) / (all.Length - 1)));
    }

    // Of batches of new images, noise and steps at the same weights: E|g - E g|² of the gradient g.
    private static double GradientNoise(UNet network, LossHistory history, TrainingLevels sampling)
    {
        const ulong seed = 77;
        using var scope = NewDisposeScope();
        var loss = new TrainingLoss { Kind = LossKind.VariationalBound };
        var order = new BatchOrder(Data.Count, Batch, dropLast: true, seed);
        var parameters = network.parameters().ToArray();
        var sum = zeros(parameters.Sum(parameter => parameter.numel()), ScalarType.Float64);
        var (squares, losses) = (0.0, new List<double>());
        for (var step = 0; step < Batches; step++)
        {
            using var inner = NewDisposeScope();
            var x0 = Pixels.Batch(Data, order.Indices(step));
            var drawn = sampling.Draw(seed, step, Batch, Process.Path, history);
            network.zero_grad();
            var ε = TrainingDraws.NoiseLike(seed, step, x0);
            var mean = drawn.Weigh(loss.PerImage(Process, network, Parameterization.Epsilon, x0, drawn.At, ε)).mean();
            mean.backward();
            losses.Add(mean.item<float>());
            var gradient = cat([.. parameters.Select(parameter => parameter.grad!.flatten())]).to(ScalarType.Float64);
            squares += gradient.square().sum().item<double>();
            sum.add_(gradient);
        }
        var signal = sum.div(Batches).square().sum().item<double>();
        var noise = (squares - Batches * signal) / (Batches - 1);
        var (average, deviation) = Moments(losses);
        TestContext.Out.WriteLine(
            $"{sampling}: gradient noise {noise:G4}, |mean gradient|² {signal - noise / Batches:G4}, loss {average:F3} ± {deviation:F3} bits");
        return noise;
    }
}
