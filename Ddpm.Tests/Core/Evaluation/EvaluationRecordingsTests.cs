using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Evaluation;

/// <summary>Distances of recorded features against SciPy's, prdc's and NumPy's.</summary>
public class EvaluationRecordingsTests
{
    private const string IndexFile = "training/evaluation.json", TensorFile = "training/evaluation.safetensors";

    private static IEnumerable<TestCaseData> Sets => Recordings.Cases(
        IndexFile,
        () => Recordings.Index(IndexFile).EnumerateObject().Where(each => each.Value.TryGetProperty("fid", out _))
            .Select(each => new object?[] { each.Name }),
        arguments: 1);

    private static (Tensor Real, Tensor Generated) Features(string set) =>
        (Recordings.Read(TensorFile, $"{set}.real"), Recordings.Read(TensorFile, $"{set}.fake"));

    // SciPy's root of Σ_a Σ_b has errors of 1e-8 of its own, and of 1e-3 where the matrix is singular.
    [TestCaseSource(nameof(Sets))]
    public void FrechetDistance_IsTheRecordedFid(string set)
    {
        using var scope = NewDisposeScope();
        var (real, generated) = Features(set);
        var expected = Recordings.Index(IndexFile).GetProperty(set).GetProperty("fid").GetDouble();

        var found = FrechetDistance.Between(real, generated);

        var tolerance = found.IsRankDeficient ? 1e-2 : 1e-6;
        Assert.Multiple(() =>
        {
            Assert.That(found.Value, Is.EqualTo(expected).Within(tolerance * expected));
            Assert.That((found.CountA, found.CountB), Is.EqualTo((real.shape[0], generated.shape[0])));
            Assert.That(found.IsRankDeficient, Is.EqualTo(real.shape[0] <= real.shape[1]));
        });
    }

    // Both in float64; sums of 10,000 to 160,000 terms.
    [TestCaseSource(nameof(Sets))]
    public void KernelDistance_OfAll_IsTheRecordedKid(string set)
    {
        using var scope = NewDisposeScope();
        var (real, generated) = Features(set);
        var expected = Recordings.Index(IndexFile).GetProperty(set).GetProperty("kid_unbiased_all").GetDouble();

        Assert.That(KernelDistance.OfAll(real, generated), Is.EqualTo(expected).Within(1e-10 * Math.Abs(expected)));
    }

    // Shares of counts: equal, but for how they are divided.
    [TestCaseSource(nameof(Sets))]
    public void NeighbourMetrics_AreThoseRecorded(string set)
    {
        using var scope = NewDisposeScope();
        var (real, generated) = Features(set);
        var expected = Recordings.Index(IndexFile).GetProperty(set).GetProperty("prdc_k5");

        var found = new NeighbourMetrics { Neighbours = 5 }.Measure(real, generated);

        Assert.Multiple(() =>
        {
            foreach (var (name, value) in new[]
                { ("precision", found.Precision), ("recall", found.Recall), ("density", found.Density), ("coverage", found.Coverage) })
                Assert.That(value, Is.EqualTo(expected.GetProperty(name).GetDouble()).Within(1e-12), name);
            Assert.That((found.Real, found.Generated, found.Neighbours), Is.EqualTo(((int)real.shape[0], (int)generated.shape[0], 5)));
        });
    }

    [Test]
    public void InceptionScore_IsThatRecorded()
    {
        using var probabilities = Recordings.Read(TensorFile, "inception.probabilities");
        var expected = Recordings.Index(IndexFile).GetProperty("inception_score").GetProperty("splits1").GetDouble();

        var found = InceptionScore.Measure(probabilities, splits: 1);

        Assert.That(found.Mean, Is.EqualTo(expected).Within(1e-12 * expected));
        Assert.That(found.StandardDeviation, Is.Zero);
    }
}
