using SkiaSharp;

namespace Ddpm.Tests.Data.Imaging;

/// <summary>What is written is read back frame by frame by SkiaSharp's decoder.</summary>
public class PictureAnimationTests
{
    private static readonly TimeSpan Usual = TimeSpan.FromMilliseconds(40), Longer = TimeSpan.FromMilliseconds(1500);

    [Test]
    public void EncodeWebp_OfPictures_HoldsThemWithoutLossAndTheirTimes([Values(1, 3)] int channels)
    {
        var animation = new PictureAnimation(Usual);
        Picture[] pictures = [.. Enumerable.Range(0, 5).Select(i => Noise(channels, seed: i))];
        foreach (var picture in pictures)
            animation.Add(picture, picture == pictures[^1] ? Longer : null);
        var (frames, times, loops) = Decoded(animation.EncodeWebp());
        Assert.That(times, Is.EqualTo(new[] { 40, 40, 40, 40, 1500 }));
        Assert.That(loops, Is.EqualTo(-1), "over and over");
        for (var i = 0; i < pictures.Length; i++)
            Assert.That(frames[i], Is.EqualTo(pictures[i].ToRgba()), $"frame {i}");
    }

    [Test]
    public void EncodeWebp_OfEqualPictures_ShowsThemAsOne()
    {
        var animation = new PictureAnimation(Usual);
        foreach (var seed in new[] { 1, 2, 2, 3 })
            animation.Add(Noise(3, seed));
        Assert.That(Decoded(animation.EncodeWebp()).Times, Is.EqualTo(new[] { 40, 80, 40 }));
    }

    [Test]
    public void SaveWebp_ThenLoad_GivesTheFirstPicture()
    {
        using var folder = new TemporaryFolder();
        var animation = new PictureAnimation(Usual);
        animation.Add(Noise(3, seed: 1));
        animation.Add(Noise(3, seed: 2));
        animation.SaveWebp(folder.File("new/a.webp"));
        Assert.That(Picture.Load(folder.File("new/a.webp")).Pixels.ToArray(), Is.EqualTo(Noise(3, seed: 1).Pixels.ToArray()));
    }

    [Test]
    public void Add_OfWhatIsNoFrame_NamesTheRule()
    {
        var animation = new PictureAnimation(Usual);
        Assert.That(animation.EncodeWebp, Throws.InvalidOperationException.With.Message.Contains("at least one"));
        animation.Add(Noise(3, seed: 1));
        Assert.That(() => animation.Add(Noise(1, seed: 1)), Throws.ArgumentException.With.Message.Contains("one shape"));
        Assert.That(() => animation.Add(Noise(3, seed: 1), TimeSpan.Zero), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => animation.Add(Noise(3, seed: 1), TimeSpan.FromMinutes(2)), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new PictureAnimation(TimeSpan.FromMicroseconds(1500)), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(animation.Pictures, Has.Count.EqualTo(1));
        Assert.That(animation.Times, Is.EqualTo(new[] { Usual }));
        Assert.That(() => new PictureAnimation(Usual).Add(new Picture(new(1, 1, 16_384), new byte[16_384])),
            Throws.ArgumentException.With.Message.Contains("16383"));
    }

    [Test]
    public void Add_OfMorePixelsThanTheLimit_IsRefused()
    {
        var animation = new PictureAnimation(Usual);
        var large = new Picture(new(1, 5000, 10_000), new byte[50_000_000]);
        animation.Add(large);
        animation.Add(large);
        Assert.That(() => animation.Add(large), Throws.ArgumentException.With.Message.Contains("100000000"));
    }

    private static Picture Noise(int channels, int seed)
    {
        var pixels = new byte[channels * 20 * 30];
        new Random(seed).NextBytes(pixels);
        return new(new(channels, 20, 30), pixels);
    }

    private static (List<byte[]> Frames, int[] Times, int Loops) Decoded(byte[] file)
    {
        using var data = SKData.CreateCopy(file);
        using var codec = SKCodec.Create(data);
        var frames = new List<byte[]>();
        for (var i = 0; i < codec.FrameCount; i++)
        {
            using var bitmap = new SKBitmap(new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
            Assert.That(codec.GetPixels(bitmap.Info, bitmap.GetPixels(), new SKCodecOptions(i)), Is.EqualTo(SKCodecResult.Success));
            frames.Add(bitmap.GetPixelSpan().ToArray());
        }
        return (frames, [.. codec.FrameInfo.Select(frame => frame.Duration)], codec.RepetitionCount);
    }
}
