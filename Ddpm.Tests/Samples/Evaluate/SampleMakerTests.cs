using Ddpm.Samples;

namespace Ddpm.Tests.Samples.Evaluate;

/// <summary>A set of drawn images is the same however it came about.</summary>
public class SampleMakerTests
{
    private readonly Diffusion diffusion = new DiffusionBuilder().WithLinearSchedule(20).WithUNet(UNetOptions.Tiny).WithClasses(12).WithDdim(2).Build();

    [OneTimeTearDown]
    public void Clean() => diffusion.Dispose();

    [Test]
    public void Batches_OfARunThatWasEnded_GoOnToTheSameImages()
    {
        using var folder = new TemporaryFolder();
        var whole = Draw(folder.File("whole"), 7).Images;
        using var stop = new CancellationTokenSource();
        var (set, maker) = Begin(folder.File("ended"), 7);
        Assert.That(() =>
        {
            foreach (var _ in maker.Batches(stop.Token))
                stop.Cancel();
        }, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(Directory.GetFiles(set.Folder, "*.images"), Has.Length.EqualTo(1));
        var (images, found) = Draw(folder.File("ended"), 7);
        Assert.That((images, found), Is.EqualTo((whole, 3)));
    }

    [Test]
    public void Batches_OfAPart_AreThoseOfTheWhole()
    {
        using var folder = new TemporaryFolder();
        var (_, all) = Begin(folder.File("whole"), 10);
        var batches = all.Batches(default).ToArray();
        var (part, _) = Begin(folder.File("part"), 10);
        SampleMaker Last() => new(diffusion, part, diffusion.Sampler, null, 0) { Part = 2..4 };
        Assert.That(Last().Batches(default), Is.EqualTo(batches[2..4]));
        Assert.That(Directory.GetFiles(part.Folder, "*.images"), Has.Length.EqualTo(2));
        var again = Last();
        Assert.That((again.Batches(default).Count(), again.Found), Is.EqualTo((2, 4)), "images 6 to 9");
    }

    // A batch of three: the larger set takes up all of the smaller one, whose last batch was drawn whole.
    [Test]
    public void Batches_OfALargerSet_BeginWithTheSmaller()
    {
        using var folder = new TemporaryFolder();
        var small = Draw(folder.File("set"), 4).Images;
        var (large, found) = Draw(folder.File("set"), 8);
        Assert.That(found, Is.EqualTo(6));
        Assert.That(large[..small.Length], Is.EqualTo(small));
        Assert.That(large, Is.EqualTo(Draw(folder.File("at once"), 8).Images));
    }

    [Test]
    public void Batches_WithADamagedFile_DrawItAgain()
    {
        using var folder = new TemporaryFolder();
        var whole = Draw(folder.File("set"), 6).Images;
        var file = Directory.GetFiles(Begin(folder.File("set"), 6).Set.Folder, "*.images").Order().Last();
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..^1]);
        Assert.That(Draw(folder.File("set"), 6).Images, Is.EqualTo(whole));
    }

    // Image k is of class k modulo 12, and follows from the seed and k: a batch of another size draws it alike, but for rounding.
    [Test]
    public void Batches_OfAnotherSize_DrawTheSameImagesButForRounding()
    {
        using var folder = new TemporaryFolder();
        var (threes, fives) = (Draw(folder.File("set"), 7).Images, Draw(folder.File("set"), 7, batch: 5).Images);
        Assert.That(threes.Zip(fives, (a, b) => Math.Abs(a - b)).Max(), Is.LessThanOrEqualTo(1));
        Assert.That(Directory.GetDirectories(folder.File("set")), Has.Length.EqualTo(2), "they are sets of their own");
    }

    [Test]
    public void Fingerprint_OfOtherSettings_IsAnother()
    {
        using var other = new DiffusionBuilder().WithLinearSchedule(20).WithUNet(UNetOptions.Tiny).WithClasses(12).WithSeed(1).Build();
        using var longer = new DiffusionBuilder().WithLinearSchedule(21).WithUNet(UNetOptions.Tiny).WithClasses(12).Build();
        SampleSettings[] all =
        [
            Settings(), Settings() with { Seed = 1 }, Settings() with { BatchSize = 4 }, Settings() with { Guidance = 2 },
            SampleSettings.Of(other, diffusion.Sampler, null, 0, 3), SampleSettings.Of(longer, diffusion.Sampler, null, 0, 3),
            SampleSettings.Of(diffusion, new DdimSampler(3), null, 0, 3), SampleSettings.Of(diffusion, new DdimSampler(2) { Eta = 0.5 }, null, 0, 3),
            SampleSettings.Of(diffusion, diffusion.Sampler, new Guidance(2) { HighestRho = 5 }, 0, 3),
        ];
        // As it was before there were intervals: what was drawn then is found again.
        Assert.That((Settings() with { Guidance = 2 }).Json(), Does.Not.Contain("nterval"));
        Assert.That(all.Select(settings => settings.Fingerprint()), Is.Unique);
        Assert.That(Settings().Fingerprint(), Is.EqualTo(all[0].Fingerprint()));
    }

    [Test]
    public void Fingerprint_InAnotherCulture_IsTheSame()
    {
        var sampler = new DdimSampler(2) { Eta = 0.5 };
        var here = SampleSettings.Of(diffusion, sampler, new Guidance(1.5), 0, 3).Fingerprint();
        var culture = System.Globalization.CultureInfo.CurrentCulture;
        try
        {
            System.Globalization.CultureInfo.CurrentCulture = new("tr-TR");
            Assert.That(SampleSettings.Of(diffusion, sampler, new Guidance(1.5), 0, 3).Fingerprint(), Is.EqualTo(here));
        }
        finally
        {
            System.Globalization.CultureInfo.CurrentCulture = culture;
        }
    }

    private SampleSettings Settings() => SampleSettings.Of(diffusion, diffusion.Sampler, null, 0, 3);

    private (SampleSet Set, SampleMaker Maker) Begin(string work, int count, int batch = 3)
    {
        var set = new SampleSet(work, Settings() with { BatchSize = batch }, diffusion.Image, count);
        return (set, new SampleMaker(diffusion, set, diffusion.Sampler, null, 0));
    }

    private (byte[] Images, int Found) Draw(string work, int count, int batch = 3)
    {
        var (set, maker) = Begin(work, count, batch);
        Assert.That(maker.Batches(default).Count(), Is.EqualTo(set.Chunks));
        var size = (int)set.Shape.Values;
        var images = new byte[count * size];
        for (var k = 0; k < count; k++)
        {
            set.CopyTo(k, images.AsSpan(k * size, size));
            Assert.That(set.Labels![k], Is.EqualTo(k % 12));
        }
        return (images, maker.Found);
    }
}
