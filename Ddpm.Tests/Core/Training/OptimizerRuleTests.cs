using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Training;

public class OptimizerRuleTests
{
    private const int Count = 1000, Steps = 30;

    private static readonly OptimizerRule[] Rules =
        [OptimizerRule.Adam(), OptimizerRule.Adam(0.5, 0.9, 1e-3), OptimizerRule.AdamW(0.1), OptimizerRule.Adam(beta1: 0)];

    private static Tensor Gradient(int step)
    {
        var numbers = Enumerable.Range(0, Count).Select(i => (float)(Math.Sin(0.7 * i + step) * Math.Pow(10, i % 7 - 4)));
        return tensor(numbers.ToArray());
    }

    // libtorch's other Adam, which TorchSharp calls: one weight tensor at a time, operator by operator.
    private static float[] ByTorchSharp(AdamRule rule)
    {
        using var scope = NewDisposeScope();
        using var weights = new TorchSharp.Modules.Parameter(ones(Count));
        using optim.Optimizer optimizer = rule.WeightDecay > 0
            ? optim.AdamW([weights], 0.01, rule.Beta1, rule.Beta2, rule.Epsilon, rule.WeightDecay)
            : optim.Adam([weights], 0.01, rule.Beta1, rule.Beta2, rule.Epsilon);
        for (var step = 0; step < Steps; step++)
        {
            weights.grad = Gradient(step);
            optimizer.step();
        }
        return weights.detach().data<float>().ToArray();
    }

    private static float[] Run(Action<OptimizerStep> apply, Func<int, bool>? skips = null, double divisor = 1)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (weights, count) = (ones(Count), zeros([]));
        Tensor[] moments = [zeros(Count), zeros(Count)];
        for (var step = 0; step < Steps; step++)
        {
            var skipped = skips?.Invoke(step) ?? false;
            var taken = tensor(skipped ? 0f : 1f);
            count.add_(taken);
            using var gradient = skipped ? full(Count, float.NaN) : Gradient(step) * divisor;
            apply(new(weights, gradient, moments, count, taken, tensor(skipped ? float.NaN : (float)divisor), 0.01));
        }
        return weights.data<float>().ToArray();
    }

    [TestCaseSource(nameof(Rules))]
    public void Adam_FusedAndPlain_IsTorchSharps(OptimizerRule rule)
    {
        var adam = (AdamRule)rule;
        var expected = ByTorchSharp(adam);
        // 30 steps of 0.01 with a rounding or two each of float32.
        Assert.That(Run(adam.ApplyPlainly), Is.EqualTo(expected).Within(2e-6));
        Assert.That(Run(step => Assert.That(FusedAdam.TryApply(adam, step))), Is.EqualTo(expected).Within(2e-6));
    }

    [TestCaseSource(nameof(Rules))]
    public void ASkippedStep_ChangesNothing_WhateverItsGradient(OptimizerRule rule)
    {
        var adam = (AdamRule)rule;
        foreach (var apply in (Action<OptimizerStep>[])[adam.ApplyPlainly, step => FusedAdam.TryApply(adam, step)])
        {
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            var (weights, count) = (ones(Count), full([], 3f));
            Tensor[] moments = [full(Count, 0.5f), full(Count, 0.25f)];
            apply(new(weights, full(Count, float.NaN), moments, count, tensor(0f), tensor(float.NaN), 0.01));
            Assert.That(weights.data<float>().ToArray(), Is.All.EqualTo(1f));
            Assert.That(moments[0].data<float>().ToArray(), Is.All.EqualTo(0.5f));
            Assert.That(moments[1].data<float>().ToArray(), Is.All.EqualTo(0.25f));
        }
    }

    [Test]
    public void TheDivisor_DividesTheGradient()
    {
        var adam = (AdamRule)OptimizerRule.Adam();
        Assert.That(Run(adam.ApplyPlainly, divisor: 8), Is.EqualTo(Run(adam.ApplyPlainly)));            // a power of 2 rounds nothing
        Assert.That(Run(step => FusedAdam.TryApply(adam, step), divisor: 8), Is.EqualTo(Run(step => FusedAdam.TryApply(adam, step))));
    }

    [Test]
    public void Numbers_OutOfRange_AreRefused()
    {
        Assert.That(() => OptimizerRule.Adam(beta1: 1), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("beta1"));
        Assert.That(() => OptimizerRule.Adam(beta2: -0.1), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("beta2"));
        Assert.That(() => OptimizerRule.Adam(epsilon: 0), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("epsilon"));
        Assert.That(() => OptimizerRule.AdamW(-1), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("weightDecay"));
    }

    // w ← w - rate · g, the smallest rule there is.
    private sealed record Descent : OptimizerRule
    {
        public override IReadOnlyList<string> Moments => [];

        public override void Apply(OptimizerStep given) => given.Weights.sub_(given.ClippedGradient() * given.LearningRate);
    }

    [Test]
    public void ARuleOfOnesOwn_Trains()
    {
        using var network = new TinyNetwork();
        using var trainer = new Trainer(
            network, TrainerTests.Process, TrainerTests.Images(),
            TrainerTests.Options with { Optimizer = new Descent(), Steps = 200, LearningRate = 0.2, EmaDecay = 0 });
        var reports = new List<double>();
        trainer.Run(new Direct<TrainingProgress>(report => reports.Add(report.Loss)));
        Assert.That(reports.TakeLast(50).Average(), Is.LessThan(0.8 * reports.Take(20).Average()));
        using var state = trainer.Capture();
        Assert.That(state.Moments, Is.Empty);
    }
}
