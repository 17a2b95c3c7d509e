namespace Ddpm.Tests.Core.Training;

/// <summary>The distributions of t: Nichol and Dhariwal 2021, section 3.3, and Kingma et al. 2021, appendix I.1.</summary>
public class TrainingLevelsTests
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

    private static double[] Probabilities(TrainingLevels levels, LossHistory history) =>
        (levels as WeightedLevels)?.Distribution(history) ?? [.. Enumerable.Repeat(1.0 / history.Steps, history.Steps)];

    private static DiffusionPath PathOf(int steps) => new(new LinearSchedule(steps));

    private static int[] T(LevelDraw draw) => [.. draw.At.Select(at => (int)at.T)];

    private static readonly LossHistory Four = Known(1, 3, 0, 12);

    // p_3 = 0.999 · 12/16 + 0.001/4.
    [TestCase(0.001, new[] { 0.0626875, 0.1875625, 0.00025, 0.7495 })]
    [TestCase(0.2, new[] { 0.1, 0.2, 0.05, 0.65 })]
    [TestCase(1, new[] { 0.25, 0.25, 0.25, 0.25 })]
    public void Importance_IsEquation18WithAShareOfTheUniform(double share, double[] expected) =>
        Assert.That(Probabilities(TrainingLevels.Importance(share), Four), Is.EqualTo(expected).Within(1e-12));

    [Test]
    public void Importance_UntilEveryStepHasTenLosses_DrawsAsUniformDoes()
    {
        var history = new LossHistory(50);
        for (var i = 0; i < 10 * 50 - 1; i++)
            history.Add(i / 10, 1 + i);
        var (warming, uniform) = (
            TrainingLevels.Importance().Draw(3, 7, 64, PathOf(history.Steps), history), TrainingLevels.Uniform.Draw(3, 7, 64, PathOf(history.Steps), history));
        Assert.That(warming, Is.EqualTo(uniform));
        Assert.That(warming.Weights, Is.Null);
        history.Add(49, 1);
        Assert.That(TrainingLevels.Importance().Draw(3, 7, 64, PathOf(history.Steps), history).At, Is.Not.EqualTo(uniform.At));
    }

    [Test]
    public void Importance_OfLossesThatAreAllZero_IsUniform() =>
        Assert.That(Probabilities(TrainingLevels.Importance(), Known(0, 0)), Is.EqualTo(new[] { 0.5, 0.5 }));

    [Test]
    public void Uniform_DrawsWhatItAlwaysDrew()
    {
        // Mixed by seed, stream, step and place as before there was a choice, and computed in another language: runs of old must repeat.
        var drawn = TrainingLevels.Uniform.Draw(5, 3, 6, PathOf(1000), new LossHistory(1000));
        Assert.That(T(drawn), Is.EqualTo(new[] { 830, 993, 432, 374, 66, 997 }));
        Assert.That(drawn.Weights, Is.Null);
    }

    private static readonly TrainingLevels[] Weighted =
        [TrainingLevels.Importance(), TrainingLevels.Importance(0.3),
            TrainingLevels.OfProbabilities(history => [2, 1, 5, history.RootMeanSquare(3)])];

    [TestCaseSource(nameof(Weighted))]
    public void Weights_LeaveTheObjectiveAsItIs(TrainingLevels sampling)
    {
        double[] losses = [7, 0.01, 3, 200];
        var p = Probabilities(sampling, Four);
        var drawn = sampling.Draw(1, 0, 2000, PathOf(Four.Steps), Four);
        var weights = T(drawn).Zip(drawn.Weights!).DistinctBy(pair => pair.First).ToDictionary(pair => pair.First, pair => pair.Second);
        Assert.That(p.Sum(), Is.EqualTo(1).Within(1e-12));
        foreach (var (t, weight) in weights)
            Assert.That(weight, Is.EqualTo(1 / (4 * p[t])).Within(1e-12));
        Assert.That(Enumerable.Range(0, 4).Sum(t => p[t] / (4 * p[t]) * losses[t]), Is.EqualTo(losses.Average()).Within(1e-12));
        // Σ p w L over the steps that were drawn, each with the weight it got.
        Assert.That(weights.Sum(pair => p[pair.Key] * pair.Value * losses[pair.Key]),
            Is.EqualTo(weights.Keys.Sum(t => losses[t]) / 4).Within(1e-12));
    }

    [TestCaseSource(nameof(Weighted))]
    public void Draws_AreAsOftenAsTheirProbabilities(TrainingLevels sampling)
    {
        const int batches = 400, batch = 100;
        var p = Probabilities(sampling, Four);
        var drawn = Enumerable.Range(0, batches).SelectMany(step => T(sampling.Draw(9, step, batch, PathOf(Four.Steps), Four)))
            .CountBy(t => t).ToDictionary();
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

        (double Exact, double Drawn, double Mean) Measure(TrainingLevels sampling)
        {
            var p = Probabilities(sampling, history);
            var exact = values.Select((value, t) => 1.25 * value * value / (100.0 * 100 * p[t])).Sum() - Math.Pow(values.Average(), 2);
            var terms = new List<double>();
            for (var step = 0; step < 2000; step++)
            {
                var drawn = sampling.Draw(4, step, 100, PathOf(history.Steps), history);
                terms.AddRange(T(drawn).Select((t, i) =>
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
        var draws = Enumerable.Range(0, 20_000).Select(step => TrainingLevels.Stratified.Draw(5, step, 4, PathOf(history.Steps), history)).ToArray();
        for (var place = 0; place < 4; place++)
            Assert.That(draws.CountBy(draw => draw.At[place].T).Select(count => count.Value), Has.Exactly(10).InRange(1790, 2210));
        Assert.That(draws.Select(draw => draw.Weights), Has.All.Null);
    }

    private static readonly TrainingLevels[] All = [TrainingLevels.Uniform, TrainingLevels.Stratified, .. Weighted];

    [TestCaseSource(nameof(All))]
    public void Draws_FollowFromSeedStepAndHistoryAlone(TrainingLevels sampling)
    {
        var drawn = sampling.Draw(3, 7, 200, PathOf(Four.Steps), Four);
        var resumed = new LossHistory(4);
        resumed.Import(Four.Export());
        var again = sampling.Draw(3, 7, 200, PathOf(resumed.Steps), resumed);
        Assert.That(again, Is.EqualTo(drawn));
        Assert.That(sampling.Draw(3, 8, 200, PathOf(Four.Steps), Four).At, Is.Not.EqualTo(drawn.At));
        Assert.That(sampling.Draw(4, 7, 200, PathOf(Four.Steps), Four).At, Is.Not.EqualTo(drawn.At));
        if (sampling != TrainingLevels.Stratified)        // whose draws share one offset and know the batch
            Assert.That(sampling.Draw(3, 7, 50, PathOf(Four.Steps), Four).At, Is.EqualTo(drawn.At.Take(50)));
    }

    [Test]
    public void BadNumbers_AreRefusedWithTheRule()
    {
        foreach (var share in new[] { 0, -0.1, 1.1, double.NaN })
            Assert.That(() => TrainingLevels.Importance(share), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("above 0"));
        foreach (var wrong in (double[][])[[1, 1, 1], [1, 1, 1, 0], [1, 1, 1, double.NaN], [1, 1, 1, double.PositiveInfinity], []])
            Assert.That(() => TrainingLevels.OfProbabilities(_ => wrong).Draw(0, 0, 1, PathOf(Four.Steps), Four),
                Throws.ArgumentException.With.Message.Contains("4 numbers above 0"));
        foreach (var wrong in new[] { 0, -1, double.NaN, double.PositiveInfinity })
        {
            Assert.That(() => TrainingLevels.LogNormalRho(0, wrong),
                Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("deviation"));
            Assert.That(() => TrainingLevels.UniformTime(wrong), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("shift"));
            Assert.That(() => TrainingLevels.LogitNormalTime(shift: wrong), Throws.InstanceOf<ArgumentOutOfRangeException>());
        }
    }

    // 40,000 draws: five standard errors of the mean and of the deviation of ln ρ, and of a share.
    [Test]
    public void LogNormalRho_HasItsMoments()
    {
        var z = Draw(TrainingLevels.LogNormalRho(-1.2, 1.2), at => (Math.Log(at.Rho) + 1.2) / 1.2);
        Assert.That(z.Average(), Is.Zero.Within(5 / 200.0));
        Assert.That(z.Average(each => each * each), Is.EqualTo(1).Within(5 * Math.Sqrt(2) / 200));
        Assert.That(z.Count(each => each > 1) / 40_000.0, Is.EqualTo(0.1587).Within(5 * 0.3654 / 200));
    }

    [Test]
    public void UniformTime_IsUniformBeforeTheShift([Values(1, 3)] double shift)
    {
        var u = Draw(TrainingLevels.UniformTime(shift), at => at.FlowTime / (shift - (shift - 1) * at.FlowTime));
        for (var tenth = 0; tenth < 10; tenth++)
            // 5 · √(40,000 · 0.09)
            Assert.That(u.Count(each => each >= tenth / 10.0 && each < (tenth + 1) / 10.0), Is.InRange(4000 - 300, 4000 + 300));
    }

    [Test]
    public void LogitNormalTime_IsNormalInTheLogit()
    {
        var z = Draw(TrainingLevels.LogitNormalTime(0.5, 0.8), at => (Math.Log(at.FlowTime / (1 - at.FlowTime)) - 0.5) / 0.8);
        Assert.That(z.Average(), Is.Zero.Within(5 / 200.0));
        Assert.That(z.Average(each => each * each), Is.EqualTo(1).Within(5 * Math.Sqrt(2) / 200));
    }

    [Test]
    public void Levels_CompareAndPrintAsValues()
    {
        Assert.That(TrainingLevels.LogNormalRho(), Is.EqualTo(TrainingLevels.LogNormalRho(-1.2, 1.2))
            .And.Not.EqualTo(TrainingLevels.LogNormalRho(0)));
        Assert.That(TrainingLevels.Importance(), Is.EqualTo(TrainingLevels.Importance(0.001)).And.Not.EqualTo(TrainingLevels.Uniform));
        Assert.That($"{TrainingLevels.UniformTime(3)}, {TrainingLevels.LogNormalRho()}, {TrainingLevels.Stratified}",
            Is.EqualTo("uniform time, shift 3, log-normal rho -1.2 1.2, stratified"));
    }

    // Any share of a batch can be drawn by itself: images follow from seed, step and place.
    private static double[] Draw(TrainingLevels levels, Func<DiffusionPoint, double> value)
    {
        var path = new DiffusionPath(new EdmSchedule());
        var all = Enumerable.Range(0, 400).SelectMany(step => levels.Draw(7, step, 100, path, Four).At).ToArray();
        Assert.That(levels.Draw(7, 3, 50, path, Four).At, Is.EqualTo(all[300..350]));
        return Array.ConvertAll(all, at => value(at));
    }
}
