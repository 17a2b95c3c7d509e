using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Training;

public class TrainingPartsTests
{
    [Test]
    public void LearningRate_WarmsUpThenFallsAlongAHalfCosine()
    {
        var options = new TrainingOptions { Steps = 110, LearningRate = 2, WarmupSteps = 10, FinalLearningRate = 0.2 };
        Assert.That(options.LearningRateAt(0), Is.EqualTo(0.2));
        Assert.That(options.LearningRateAt(9), Is.EqualTo(2));
        Assert.That(options.LearningRateAt(10), Is.EqualTo(2));
        Assert.That(options.LearningRateAt(60), Is.EqualTo(1.1).Within(1e-12));
        Assert.That(options.LearningRateAt(110), Is.EqualTo(0.2).Within(1e-12));
    }

    // min(d, (1 + k)/(10 + k)) after k steps.
    [TestCase(0, 2 / 11.0)]
    [TestCase(89, 91 / 100.0)]
    [TestCase(1_000_000, 0.9999)]
    public void EmaDecay_RisesWithTheSteps(int step, double expected) =>
        Assert.That(new TrainingOptions().AveragesKept[0].DecayAt(step, 128), Is.EqualTo(expected).Within(1e-12));

    [Test]
    public void BatchOrder_OfAnEpoch_ShowsEveryImageOnce()
    {
        var order = new BatchOrder(10, 5, dropLast: true, seed: 3);
        var first = (int[])[.. order.Indices(0), .. order.Indices(1)];
        var second = (int[])[.. order.Indices(2), .. order.Indices(3)];
        Assert.That(first, Is.EquivalentTo(Enumerable.Range(0, 10)));
        Assert.That(second, Is.EquivalentTo(Enumerable.Range(0, 10)).And.Not.EqualTo(first));
    }

    [Test]
    public void BatchOrder_AtAnyStep_DependsOnSeedAndStepAlone()
    {
        var order = new BatchOrder(100, 8, dropLast: true, seed: 3);
        for (var step = 0; step < 40; step++)
            _ = order.Indices(step);
        Assert.That(order.Indices(17).ToArray(), Is.EqualTo(new BatchOrder(100, 8, dropLast: true, seed: 3).Indices(17).ToArray()));
        Assert.That(order.Indices(17).ToArray(), Is.Not.EqualTo(new BatchOrder(100, 8, dropLast: true, seed: 4).Indices(17).ToArray()));
    }

    [TestCase(true, 2, 4)]
    [TestCase(false, 3, 2)]
    public void BatchOrder_DropsTheLastPartialBatchOrNot(bool dropLast, int steps, int last)
    {
        var order = new BatchOrder(10, 4, dropLast, seed: 0);
        Assert.That((order.StepsPerEpoch, order.Indices(steps - 1).Length), Is.EqualTo((steps, last)));
    }

    [Test]
    public void BatchOrder_Shuffles_Uniformly()
    {
        // Where image 0 lands in 8,000 epochs of 8 images: 1,000 a place, standard deviation 30; five of them.
        var places = new int[8];
        var order = new BatchOrder(8, 8, dropLast: true, seed: 1);
        for (var epoch = 0; epoch < 8000; epoch++)
            places[order.Indices(epoch).IndexOf(0)]++;
        Assert.That(places, Has.All.InRange(850, 1150));
    }

    [Test]
    public void Steps_AreUniformOverTheProcess()
    {
        // 20,000 draws over 10 steps: 2,000 each, standard deviation 42; five of them.
        var draws = Enumerable.Range(0, 100).SelectMany(step => TrainingDraws.Steps(5, step, 200, 10))
            .GroupBy(t => t).ToDictionary(group => group.Key, group => group.Count());
        Assert.That(draws.Keys, Is.EquivalentTo(Enumerable.Range(0, 10)));
        Assert.That(draws.Values, Has.All.InRange(1790, 2210));
    }

    [Test]
    public void IsMirrored_IsTrueOfAboutHalf() =>
        Assert.That(Enumerable.Range(0, 400).Count(i => TrainingDraws.IsMirrored(1, 0, i)), Is.InRange(150, 250));   // 200 ± 5 deviations of 10

    [Test]
    public void Batch_MirrorsEveryRowOfTheImagesAskedFor()
    {
        using var scope = NewDisposeScope();
        var data = new ShapesReader(count: 4).Read();
        var plain = Pixels.Batch(data, [0, 1, 2, 3]);
        var mirrored = Pixels.Batch(data, [0, 1, 2, 3], i => i is 1 or 2, CPU);
        for (var i = 0; i < 4; i++)
            Expect.Same(mirrored[i], i is 1 or 2 ? plain[i].flip(2) : plain[i]);
        Assert.That(Expect.AreSame(plain[1], plain[1].flip(2)), Is.False);
    }

    [Test]
    public void HeldOutLoss_OfAnExactGaussian_IsItsClosedForm()
    {
        // x_0 ~ N(0, s²): the best ε leaves E(ε - ε̂)² = α² s²/(α² s² + σ²) unexplained.
        using var scope = NewDisposeScope();
        var process = new GaussianDiffusion(new LinearSchedule());
        var x0 = 0.5 * new SeededNoise(3).Draw([200, 3, 16, 16]);
        var losses = HeldOutLoss.Measure(FormulaDenoiser.OfGaussian(process.Path, 0.5), process, x0);
        Assert.That(losses.Keys, Is.EqualTo(Enumerable.Range(0, 20).Select(i => 25 + 50 * i)));
        foreach (var (t, loss) in losses)
        {
            var point = process.Path.At(t);
            var signal = point.AlphaBar * 0.25;
            // 153,600 values: 0.4 % standard error
            Assert.That(loss, Is.EqualTo(signal / (signal + point.Sigma * point.Sigma)).Within(2).Percent);
        }
    }

    [Test]
    public void HeldOutLoss_DoesNotDependOnTheBatchSize()
    {
        using var scope = NewDisposeScope();
        using var network = new TinyNetwork();
        var process = new GaussianDiffusion(new LinearSchedule());
        var x0 = new SeededNoise(3).Draw([7, 3, 8, 8]);
        var (whole, parts) = (HeldOutLoss.Measure(network, process, x0, [100]), HeldOutLoss.Measure(network, process, x0, [100], batchSize: 3));
        Assert.That(parts[100], Is.EqualTo(whole[100]).Within(1e-6));
        Assert.That(network.WasTraining, Is.False);
        Assert.That(network.training, Is.True);
    }
}
