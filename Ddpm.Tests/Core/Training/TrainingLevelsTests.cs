namespace Ddpm.Tests.Core.Training;

/// <summary>The distributions of t: Nichol and Dhariwal 2021, section 3.3, and Kingma et al. 2021, appendix I.1.</summary>
public class StepSamplingTests
{
    // Each step's losses are as often half as large and half as much larger than a known value, so that √E[L_t²] is √1.25 of it.
    private static LossHistory Known(params float[] values)
    {
        var history = new LossHistory(values.Length);
        for (var i = 0; i < LossHistory.Length; i++)
            foreach (var (t, value) in values.Index())
                history.Add(t, Loss(value, i));
        return history;
    }

    private static float Loss(float value, int draw) => value * (draw % 2 == 0 ? 0.5f : 1.5f);

    private static readonly LossHistory Four = Known(1, 3, 0, 12);

    // p_3 = 0.999 · 12/16 + 0.001/4.
    [TestCase(0.001, new[] { 0.0626875, 0.1875625, 0.00025, 0.7495 })]
    [TestCase(0.2, new[] { 0.1, 0.2, 0.05, 0.65 })]
    [TestCase(1, new[] { 0.25, 0.25, 0.25, 0.25 })]
    public void Importance_IsEquation18WithAShareOfTheUniform(double share, double[] expected) =>
        Assert.That(TrainingLevels.Importance(share).Probabilities(Four), Is.EqualTo(expected).Within(1e-12));

    [Test]
    public void Importance_UntilEveryStepHasTenLosses_DrawsAsUniformDoes()
    {
        var history = new LossHistory(50);
        for (var i = 0; i < 10 * 50 - 1; i++)
            history.Add(i / 10, 1 + i);
        var (warming, uniform) = (TrainingLevels.Importance().Draw(3, 7, 64, history), TrainingLevels.Uniform.Draw(3, 7, 64, history));
        Assert.That((warming.T, warming.Weights), Is.EqualTo((uniform.T, uniform.Weights)));
        Assert.That(warming.Weights, Is.Null);
        history.Add(49, 1);
        Assert.That(TrainingLevels.Importance().Draw(3, 7, 64, history).T, Is.Not.EqualTo(uniform.T));
    }

    [Test]
    public void Importance_OfLossesThatAreAllZero_IsUniform() =>
        Assert.That(TrainingLevels.Importance().Probabilities(Known(0, 0)), Is.EqualTo(new[] { 0.5, 0.5 }));

    [Test]
    public void Uniform_DrawsWhatItAlwaysDrew()
    {
        // Mixed by seed, stream, step and place as before there was a choice, and computed in another language: runs of old must repeat.
        var drawn = TrainingLevels.Uniform.Draw(5, 3, 6, new LossHistory(1000));
        Assert.That(drawn.T, Is.EqualTo(new[] { 830, 993, 432, 374, 66, 997 }));
        Assert.That(drawn.Weights, Is.Null);
    }

    private static readonly StepSampling[] Weighted =
        [TrainingLevels.Importance(), TrainingLevels.Importance(0.3), TrainingLevels.OfProbabilities(history => [2, 1, 5, history.RootMeanSquare(3)])];

    [TestCaseSource(nameof(Weighted))]
    public void Weights_LeaveTheObjectiveAsItIs(StepSampling sampling)
    {
        double[] losses = [7, 0.01, 3, 200];
        var p = sampling.Probabilities(Four);
        var drawn = sampling.Draw(1, 0, 2000, Four);
        var weights = drawn.T.Zip(drawn.Weights!).DistinctBy(pair => pair.First).ToDictionary(pair => pair.First, pair => pair.Second);
        Assert.That(p.Sum(), Is.EqualTo(1).Within(1e-12));
        foreach (var (t, weight) in weights)
            Assert.That(weight, Is.EqualTo(1 / (4 * p[t])).Within(1e-12));
        Assert.That(Enumerable.Range(0, 4).Sum(t => p[t] / (4 * p[t]) * losses[t]), Is.EqualTo(losses.Average()).Within(1e-12));
        // Σ p w L over the steps that were drawn, each with the weight it got.
        Assert.That(weights.Sum(pair => p[pair.Key] * pair.Value * losses[pair.Key]),
            Is.EqualTo(weights.Keys.Sum(t => losses[t]) / 4).Within(1e-12));
    }

    [TestCaseSource(nameof(Weighted))]
    public void Draws_AreAsOftenAsTheirProbabilities(StepSampling sampling)
    {
        const int batches = 400, batch = 100;
        var p = sampling.Probabilities(Four);
        var drawn = Enumerable.Range(0, batches).SelectMany(step => sampling.Draw(9, step, batch, Four).T).CountBy(t => t).ToDictionary();
        Assert.That(drawn.Keys, Is.SubsetOf(Enumerable.Range(0, 4)));
        var largest = 0.0;
        for (var t = 0; t < 4; t++)
        {
            // A binomial count; five standard deviations.
            var deviation = Math.Sqrt(batches * batch * p[t] * (1 - p[t]));
            var off = (drawn.GetValueOrDefault(t) - batches * batch * p[t]) / deviation;
            largest = Math.Max(largest, Math.Abs(off));
            Assert.That(Math.Abs(off), Is.LessThan(5), $"step {t}");
        }
        TestContext.Out.WriteLine($"largest deviation {largest:F2} standard deviations");
    }

    [Test]
    public void Importance_HasTheLowerVarianceThatItsFormulaSays()
    {
        // Of w L with E[L_t²] = 1.25 v_t²: Σ 1.25 v_t²/(T² p_t) - v̄². Estimated from n draws its relative error is √((κ-1)/n), κ the kurtosis.
        float[] values = [.. Enumerable.Range(0, 100).Select(t => 100f / (1 + t))];
        var history = Known(values);
        var (uniform, importance) = (Measure(TrainingLevels.Uniform), Measure(TrainingLevels.Importance()));
        TestContext.Out.WriteLine($"variance {uniform.Exact:F2} ({uniform.Drawn:F2} drawn) and {importance.Exact:F2} ({importance.Drawn:F2} drawn): "
            + $"a factor of {uniform.Exact / importance.Exact:F1} ({uniform.Drawn / importance.Drawn:F1} drawn)");
        foreach (var one in new[] { uniform, importance })
        {
            Assert.That(one.Drawn, Is.EqualTo(one.Exact).Within(10).Percent);       // uniform: κ = 75, 2 % standard error; importance: less
            Assert.That(one.Mean, Is.EqualTo(values.Average()).Within(5 * Math.Sqrt(one.Exact / 200_000)));
        }
        Assert.That(uniform.Exact / importance.Exact, Is.GreaterThan(20));

        (double Exact, double Drawn, double Mean) Measure(StepSampling sampling)
        {
            var p = sampling.Probabilities(history);
            var exact = values.Select((value, t) => 1.25 * value * value / (100.0 * 100 * p[t])).Sum() - Math.Pow(values.Average(), 2);
            var terms = new List<double>();
            for (var step = 0; step < 2000; step++)
            {
                var drawn = sampling.Draw(4, step, 100, history);
                terms.AddRange(drawn.T.Select((t, i) =>
                    (drawn.Weights?[i] ?? 1) * Loss(values[t], (int)(Seeds.Mix(8, (ulong)step, (ulong)i) >> 63))));
            }
            var mean = terms.Average();
            return (exact, terms.Sum(term => (term - mean) * (term - mean)) / terms.Count, mean);
        }
    }

    // T a multiple of N, N of T, and neither.
    [TestCase(1000, 8)]
    [TestCase(10, 40)]
    [TestCase(1000, 128)]
    [TestCase(7, 3)]
    [TestCase(2_000_000_000, 4096)]
    public void Stratified_PutsOneIntoEachOfNEqualIntervals(int steps, int batch)
    {
        for (var step = 0; step < 200; step++)
        {
            var t = TrainingDraws.StratifiedSteps(6, step, batch, steps);
            Assert.That(t, Has.All.InRange(0, steps - 1));
            // Sorted, the i-th lies in [i T/N, (i+1) T/N), rounded down.
            foreach (var (i, one) in t.Order().Index())
                Assert.That(one, Is.InRange((int)((long)i * steps / batch), (int)(((long)(i + 1) * steps - 1) / batch)));
        }
    }

    [Test]
    public void Stratified_AtAnyPlaceOfTheBatch_IsUniform()
    {
        // 20,000 batches over 10 steps: 2,000 each, standard deviation 42; five of them.
        var history = new LossHistory(10);
        var draws = Enumerable.Range(0, 20_000).Select(step => TrainingLevels.Stratified.Draw(5, step, 4, history)).ToArray();
        for (var place = 0; place < 4; place++)
            Assert.That(draws.CountBy(draw => draw.T[place]).Select(count => count.Value), Has.Exactly(10).InRange(1790, 2210));
        Assert.That(draws.Select(draw => draw.Weights), Has.All.Null);
    }

    private static readonly StepSampling[] All = [TrainingLevels.Uniform, TrainingLevels.Stratified, .. Weighted];

    [TestCaseSource(nameof(All))]
    public void Draws_FollowFromSeedStepAndHistoryAlone(StepSampling sampling)
    {
        var drawn = sampling.Draw(3, 7, 200, Four);
        var resumed = new LossHistory(4);
        resumed.Import(Four.Export());
        var again = sampling.Draw(3, 7, 200, resumed);
        Assert.That((again.T, again.Weights), Is.EqualTo((drawn.T, drawn.Weights)));
        Assert.That(sampling.Draw(3, 8, 200, Four).T, Is.Not.EqualTo(drawn.T));
        Assert.That(sampling.Draw(4, 7, 200, Four).T, Is.Not.EqualTo(drawn.T));
        if (sampling != TrainingLevels.Stratified)        // whose draws share one offset and know the batch
            Assert.That(sampling.Draw(3, 7, 50, Four).T, Is.EqualTo(drawn.T.Take(50)));
    }

    [Test]
    public void BadNumbers_AreRefusedWithTheRule()
    {
        foreach (var share in new[] { 0, -0.1, 1.1, double.NaN })
            Assert.That(() => TrainingLevels.Importance(share), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("above 0"));
        foreach (var wrong in (double[][])[[1, 1, 1], [1, 1, 1, 0], [1, 1, 1, double.NaN], [1, 1, 1, double.PositiveInfinity], []])
            Assert.That(() => TrainingLevels.OfProbabilities(_ => wrong).Draw(0, 0, 1, Four),
                Throws.ArgumentException.With.Message.Contains("4 numbers above 0"));
        Assert.That(() => new TrainingOptions { Levels = null! }, Throws.ArgumentNullException.With.Message.Contains("StepSampling"));
    }
}
