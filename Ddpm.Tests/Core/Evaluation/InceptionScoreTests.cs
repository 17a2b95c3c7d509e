using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Evaluation;

/// <summary>The score where it is known, and what is no probability.</summary>
public class InceptionScoreTests
{
    [Test]
    public void Measure_OfSureAndEvenAnswers_IsTheNumberOfClasses()
    {
        using var sure = eye(4).repeat(25, 1);

        Assert.That(InceptionScore.Measure(sure, splits: 5).Mean, Is.EqualTo(4).Within(1e-6));
    }

    [Test]
    public void Measure_OfAnswersThatDoNotDiffer_IsOne()
    {
        using var unsure = full(100, 4, 0.25f);

        var found = InceptionScore.Measure(unsure);

        Assert.That((found.Mean, found.StandardDeviation, found.Splits), Is.EqualTo((1.0, 0.0, 10)));
    }

    // Two parts, one of images of both classes and one of images of one.
    [Test]
    public void Measure_OfParts_IsTheirMeanAndDeviation()
    {
        using var p = tensor([1f, 0, 0, 1, 1, 0, 1, 0], [4, 2]);

        var found = InceptionScore.Measure(p, splits: 2);

        Assert.That(found.Mean, Is.EqualTo(1.5).Within(1e-12));
        Assert.That(found.StandardDeviation, Is.EqualTo(0.5).Within(1e-12));
    }

    [Test]
    public void Measure_OfNoProbabilities_IsRefused()
    {
        using var logits = tensor([2f, -1, 0.5f, 0.5f], [2, 2]);
        using var large = full(3, 2, 0.6f);
        using var few = full(3, 2, 0.5f);

        Assert.That(() => InceptionScore.Measure(logits, 1), Throws.ArgumentException.With.Message.Contains("at least 0"));
        Assert.That(() => InceptionScore.Measure(large, 1), Throws.ArgumentException.With.Message.Contains("sum to 1"));
        Assert.That(() => InceptionScore.Measure(few), Throws.ArgumentException.With.Message.Contains("N at least 10"));
    }
}
