using System.Text.Json;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Training;

public class AverageProfileTests
{
    private const string IndexFile = "training/training.json";

    private static IEnumerable<TestCaseData> Recorded => Recordings.Cases(
        IndexFile, () => Recordings.Index(IndexFile).Find("ema_decay")?.EnumerateObject().Select(entry => entry.Name) ?? []);

    // diffusers' EMAModel, which counts steps from 1 and whose first average is the weights themselves.
    [TestCaseSource(nameof(Recorded))]
    public void Decays_AreTheRecordedOnes(string setting)
    {
        var recorded = Recordings.Index(IndexFile).GetProperty("ema_decay").GetProperty(setting);
        var said = recorded.GetProperty("arguments");
        double Said(string name, double otherwise) => said.TryGetProperty(name, out var value) ? value.GetDouble() : otherwise;
        var warmsUp = said.TryGetProperty("use_ema_warmup", out _);
        var decay = Said("decay", 0.9999);
        var profile = warmsUp
            ? AverageProfile.WarmUp(decay, Said("power", 2.0 / 3), Said("inv_gamma", 1), Said("min_decay", 0), (int)Said("update_after_step", 0))
            : AverageProfile.Ramped(decay);
        foreach (var (step, expected) in recorded.GetProperty("step").Integers().Zip(recorded.GetProperty("decay").Numbers()))
            if (warmsUp)
                Assert.That(profile.DecayAt(step - 1, 1), Is.EqualTo(expected).Within(1e-12), $"step {step}");
            else if (step > 1)
                Assert.That(profile.DecayAt(step - 2, 1), Is.EqualTo(expected).Within(1e-12), $"step {step}");
    }

    [Test]
    public void Power_IsTheRecordedOne()
    {
        var recorded = Recordings.Index(IndexFile).GetProperty("post_hoc_ema");
        foreach (var (width, exponent) in recorded.GetProperty("std").Numbers().Zip(recorded.GetProperty("gamma").Numbers()))
            Assert.That(PostHocAverage.Exponent(width), Is.EqualTo(exponent).Within(1e-6).Percent);
        // After k batches the recorded program has seen k times as many images.
        foreach (var (k, beta) in ((int[])[1, 2, 3, 10, 1000]).Zip(recorded.GetProperty("betas_std0.1").Numbers()))
            Assert.That(AverageProfile.Power(0.1).DecayAt(k - 1, 64), Is.EqualTo(beta).Within(1e-9));
    }

    [Test]
    public void PostHocCoefficients_AreTheRecordedOnes()
    {
        var recorded = Recordings.Index(IndexFile).GetProperty("post_hoc_ema").GetProperty("snapshots");
        (long, double)[] snapshots = [.. recorded.GetProperty("in_offset").Integers().Select(step => (long)step)
            .Zip(recorded.GetProperty("in_std").Numbers())];
        var expected = recorded.GetProperty("coefficients_in_x_out").EnumerateArray().Select(row => row.Numbers().ToArray()).ToArray();
        foreach (var (column, width) in recorded.GetProperty("out_std").Numbers().Index())
        {
            var found = PostHocAverage.Coefficients(snapshots, recorded.GetProperty("out_offset").GetInt64(), width);
            var largest = expected.Max(row => Math.Abs(row[column]));
            // Both solve the same ill-conditioned equations in double, by other orders of operations.
            foreach (var (row, coefficient) in found.Index())
                Assert.That(coefficient, Is.EqualTo(expected[row][column]).Within(1e-8 * largest), $"{width}, snapshot {row}");
            Assert.That(found.Sum(), Is.EqualTo(1).Within(1e-12));
        }
    }

    // An average of a width that was kept too is what is synthesised from others, as nearly as they span it.
    [Test]
    public void Synthesize_FromSnapshotsOfTwoWidths_IsTheAverageOfAThird()
    {
        const int steps = 400;
        double[] kept = [0.05, 0.1];
        var (wanted, snapshots) = (0.07, new List<(long Step, double Width)>());
        var weights = new List<IReadOnlyDictionary<string, Tensor>>();
        var running = kept.Append(wanted).ToDictionary(width => width, _ => 0.0);
        for (var step = 0; step < steps; step++)
        {
            var weight = Math.Exp(-step / 100.0) + 0.1 * Math.Sin(step / 30.0);
            foreach (var width in running.Keys.ToArray())
            {
                var decay = AverageProfile.Power(width).DecayAt(step, 1);
                running[width] = decay * running[width] + (1 - decay) * weight;
            }
            if ((step + 1) % 50 != 0)
                continue;
            foreach (var width in kept)
            {
                snapshots.Add((step + 1, width));
                weights.Add(new Dictionary<string, Tensor> { ["w"] = tensor(running[width]) });
            }
        }
        var synthesised = PostHocAverage.Synthesize(weights, PostHocAverage.Coefficients(snapshots, steps, wanted));
        Assert.That(synthesised["w"].item<double>(), Is.EqualTo(running[wanted]).Within(2e-3));        // of about 0.1; the last weight is 0.15
        foreach (var tensor in weights.Append(synthesised).SelectMany(snapshot => snapshot.Values))
            tensor.Dispose();
    }

    [Test]
    public void WhatIsOutOfRange_IsRefused()
    {
        Assert.That(() => AverageProfile.Constant(1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => AverageProfile.WarmUp(0.9, power: 0), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("power"));
        Assert.That(() => AverageProfile.Power(0.3), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => AverageProfile.HalfLife(0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => PostHocAverage.Coefficients([], 1, 0.1), Throws.ArgumentException);
        Assert.That(() => PostHocAverage.Coefficients([(8, 0.1), (8, 0.1)], 8, 0.1), Throws.ArgumentException);
        Assert.That(() => PostHocAverage.Coefficients([(8, 0.1)], 9, 0.1), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void SeveralAverages_AreEachTheRecursion_AndGoInAndOutOneAtATime()
    {
        AverageProfile[] profiles = [AverageProfile.Constant(0.5), AverageProfile.Power(0.1), AverageProfile.HalfLife(20, null)];
        using var network = new TinyNetwork();
        using var trainer = new Trainer(network, TrainerTests.Process, TrainerTests.Images(), TrainerTests.Options with { Averages = profiles });
        var averages = profiles.Select(_ => new double[TrainerTests.Weights(network).Length]).ToArray();
        trainer.Run(observers: [new TrainerTests.Observer((run, progress) =>
        {
            var raw = TrainerTests.Weights(network);
            foreach (var (which, average) in averages.Index())
            {
                var decay = profiles[which].DecayAt(progress.Step - 1, 4);
                for (var i = 0; i < raw.Length; i++)
                    average[i] = decay * average[i] + (1 - decay) * raw[i];
                using (run.UseAverage(which))
                {
                    Assert.That(TrainerTests.Weights(network), Is.EqualTo(average).Within(1e-6));
                    Assert.That(() => run.UseAverage((which + 1) % 3), Throws.InvalidOperationException.With.Message.Contains("One average"));
                }
                Assert.That(TrainerTests.Weights(network), Is.EqualTo(raw));
            }
        })]);
        Assert.That(TrainerTests.Weights(network), Is.EqualTo(averages[0]).Within(1e-6));
        Assert.That(() => trainer.UseAverage(3), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void AStepThatKeepsTheAverageIn_IsRefused()
    {
        using var network = new TinyNetwork();
        using var trainer = new Trainer(network, TrainerTests.Process, TrainerTests.Images(), TrainerTests.Options);
        IDisposable? held = null;
        Assert.That(() => trainer.Run(observers: [new TrainerTests.Observer((run, _) => held = run.UseAverage())]),
            Throws.InvalidOperationException.With.Message.Contains("raw weights"));
        Assert.That(trainer.Step, Is.EqualTo(1));
        held!.Dispose();
    }
}
