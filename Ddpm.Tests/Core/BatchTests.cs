using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core;

/// <summary>What is not a batch of images is refused by every method that takes one, before anything is computed.</summary>
public class BatchTests
{
    private static readonly GaussianDiffusion Process = new(new LinearSchedule(10));

    private static readonly TestCaseData<Action<Tensor, Tensor>>[] Methods =
    [
        new((x, other) => Process.Diffuse(x, 3, other).Dispose()) { TestName = "{m}(Diffuse)" },
        new((x, other) => Process.Diffuse(x, [3, 4], other).Dispose()) { TestName = "{m}(Diffuse of steps)" },
        new((x, other) => Process.Posterior(3).Mean(x, other).Dispose()) { TestName = "{m}(PosteriorMean)" },
        new((x, other) => Interpolation.Mix(x, other, 0.5).Dispose()) { TestName = "{m}(Mix)" },
    ];

    [TestCaseSource(nameof(Methods))]
    public void EveryMethod_OfWhatIsNoBatchOfImages_NamesTheRule(Action<Tensor, Tensor> method)
    {
        using var scope = NewDisposeScope();
        var x = CosineNoise.Draw(0, 2, 3, 4, 4);
        Assert.That(() => method(x, CosineNoise.Draw(1, 2, 3, 4, 4)), Throws.Nothing);
        foreach (var wrong in (Tensor[])[x.to(ScalarType.Byte), x.to(ScalarType.Int64), x[0], zeros(0, 3, 4, 4)])
            Assert.That(() => method(wrong, wrong), Throws.ArgumentException
                .With.Message.Contains("floating-point").And.Message.Contains(wrong.dtype.ToString()).And.Message.Contains(Batch.Extents(wrong)));
        foreach (var wrong in (Tensor[])[x.to(ScalarType.Byte), x[..1], x[.., ..1], x.to(META)])
            Assert.That(() => method(x, wrong), Throws.ArgumentException
                .With.Message.Contains("[2, 3, 4, 4]").And.Message.Contains(Batch.Extents(wrong)));
        Assert.That(() => method(null!, x), Throws.ArgumentNullException);
        Assert.That(() => method(x, null!), Throws.ArgumentNullException);
    }

    [Test]
    public void Bytes_AreToldHowTheyBecomeImages()
    {
        using var bytes = zeros(2, 3, 4, 4, ScalarType.Byte);
        Assert.That(() => Process.Diffuse(bytes, 3, bytes), Throws.ArgumentException.With.Message.Contains("Pixels.ToUnit"));
        Assert.That(() => Pixels.ToBytes(bytes), Throws.ArgumentException.With.Message.Contains("Byte"));
        using var unit = Pixels.ToUnit(bytes);
        Assert.That(() => Pixels.ToUnit(unit), Throws.ArgumentException.With.Message.Contains("Float32"));
        Assert.That(() => new NoiseStream(new SeededNoise(0)).DrawLike(bytes), Throws.ArgumentException.With.Message.Contains("Byte"));
        var predictor = new Predictor(new FormulaDenoiser((x, t) => x), Process.Path);
        Assert.That(() => predictor.Predict(bytes, Process.Path.At(3)), Throws.ArgumentException.With.Message.Contains("Byte"));
    }

    [Test]
    public void NoiseOfAnotherShape_IsRefused()
    {
        using var scope = NewDisposeScope();
        var one = new GivenNoise((_, shape) => zeros([1, .. shape[1..]]));
        Assert.That(() => one.Draw([2, 3, 4, 4]), Throws.ArgumentException
            .With.Message.Contains("[2, 3, 4, 4]").And.Message.Contains("[1, 3, 4, 4]"));
        using var model = new DiffusionBuilder().WithDenoiser(new FormulaDenoiser((x, t) => x), new ImageShape(3, 4, 4)).Build();
        Assert.That(() => model.Sample(2, new() { Seed = 0, Noise = one }), Throws.ArgumentException.With.Message.Contains("[1, 3, 4, 4]"));
    }

    [Test]
    public void LabelsAndEstimatesOfAnotherBatch_AreRefused()
    {
        using var scope = NewDisposeScope();
        var (x, at) = (CosineNoise.Draw(0, 2, 3, 4, 4), Process.Path.At(3));
        var labelled = new Predictor(LabelledDenoiser.OfGaussians(Process.Path, 3, 0.5), Process.Path,
            conditioning: new() { Labels = tensor(new[] { 1L }) });
        Assert.That(() => labelled.Predict(x, at), Throws.ArgumentException.With.Message.Contains("1 labels for 2 images"));
        var conditioned = new Predictor(new EstimateDenoiser((x, t, label, x0) => x + x0), Process.Path);
        Assert.That(() => conditioned.Predict(x, at, estimate: x[..1]), Throws.ArgumentException.With.Message.Contains("[1, 3, 4, 4]"));
    }

    [Test]
    public void StepsThatAreNotOneAnImage_AreRefused()
    {
        using var scope = NewDisposeScope();
        var x = CosineNoise.Draw(0, 2, 3, 4, 4);
        foreach (var t in (int[][])[[3], [], [1, 2, 3]])
            Assert.That(() => Process.Diffuse(x, t, x), Throws.ArgumentException.With.Message.Contains($"{t.Length} for 2 images"));
    }
}
