using Ddpm.Samples;
using static TorchSharp.torch;

namespace Ddpm.Tests.Samples;

/// <summary>A part of one's own fits every seam, in the few lines that samples/CustomParts shows.</summary>
public class CustomPartsTests
{
    [Test]
    public void FourCustomParts_TogetherDrawTheImagesOfTheirDataSet()
    {
        using var scope = NewDisposeScope();
        var stripes = new StripesReader(count: 2, size: 16).Read();
        var images = Pixels.Batch(stripes, [0, 1]);
        var schedule = new LogarithmicSchedule(200, 1e-4, 0.3);
        using var diffusion = new DiffusionBuilder()
            .WithSchedule(schedule)
            .WithDenoiser(new TwoImageDenoiser(new DiffusionPath(schedule), images), stripes.Shape)
            .WithSampler(new StraightSampler(TimestepSpacing.Trailing(20)))
            .Build();
        var drawn = diffusion.Sample(12, seed: 0);
        var found = new int[2];
        for (var i = 0; i < 12; i++)
        {
            var nearest = Enumerable.Range(0, 2).MinBy(k => Expect.Difference(drawn[i], images[k]));
            Expect.Close(drawn[i], images[nearest], 1e-3);        // the posterior is all but certain at the end
            found[nearest]++;
        }
        Assert.That(found, Has.All.GreaterThan(0));       // 12 draws of one of two: all alike in 1 of 2,048 seeds
    }

    [Test]
    public void EachCustomPart_TakesAtMostFifteenLines(
        [Values("LogarithmicSchedule", "StripesReader", "TwoImageDenoiser", "StraightSampler")] string part)
    {
        var lines = File.ReadLines(Repository.At($"samples/CustomParts/{part}.cs"))
            .SkipWhile(line => !line.StartsWith("internal", StringComparison.Ordinal))
            .Count(line => line.Trim().Length > 1);
        Assert.That(lines, Is.InRange(2, 15));
    }

    [Test]
    public void CustomSampler_LeavesNothingAlive() => Expect.NoLeak(() =>
    {
        using var diffusion = new DiffusionBuilder()
            .WithDenoiser(new FormulaDenoiser((x, _) => x * 0.1), new ImageShape(1, 4, 4))
            .WithSampler(new StraightSampler(TimestepSpacing.Trailing(5)))
            .Build();
        diffusion.Sample(2, seed: 0).Dispose();
    });
}
