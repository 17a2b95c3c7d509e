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

    // About 10 s of two cores.
    [Test]
    public void ANetworkOfOnesOwn_TrainsIsSavedAndDrawsTheImagesWhenItIsLoaded()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var reader = new StripesReader(count: 64, size: 16);
        SmallNetwork.Register();
        using (var model = StripesRecipe.Model(new LogarithmicSchedule(200, 1e-4, 0.3), reader).Build())
        {
            model.Train(StripesRecipe.Training);
            model.Save(folder.Path);
        }
        using var loaded = Diffusion.FromPretrained(folder.Path);
        Assert.That(loaded.Denoiser, Is.TypeOf<SmallNetwork>());
        var drawn = loaded.Sample(16, seed: 0);
        var images = Pixels.Batch(reader.Read(), [0, 1]);
        var distances = Enumerable.Range(0, 16).Select(i =>
            Enumerable.Range(0, 2).Min(k => (drawn[i] - images[k]).square().mean().item<float>())).ToArray();
        TestContext.Out.WriteLine(string.Join(" ", distances));
        // Of pixels at ±1: noise, or a mixture, is 1 away.
        Assert.That(distances.Count(distance => distance < 0.2), Is.GreaterThanOrEqualTo(12));
    }

    [TestCase("LogarithmicSchedule", 15)]
    [TestCase("StripesReader", 15)]
    [TestCase("TwoImageDenoiser", 15)]
    [TestCase("StraightSampler", 15)]
    [TestCase("SmallNetwork", 40)]
    public void EachCustomPart_TakesFewLines(string part, int most)
    {
        var lines = File.ReadLines(Repository.At($"samples/CustomParts/{part}.cs"))
            .SkipWhile(line => !line.StartsWith("internal", StringComparison.Ordinal))
            .Count(line => line.Trim().Length > 1);
        Assert.That(lines, Is.InRange(2, most));
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
