using Ddpm.Samples;
using static TorchSharp.torch;

namespace Ddpm.Tests.Samples.Evaluate;

public class CachedFeaturesTests
{
    [Test]
    public void Extract_OfTheSameImagesAgain_ReadsWhatWasWritten()
    {
        using var folder = new TemporaryFolder();
        var (first, second) = (new CountingFeatures(_ => { }), new CountingFeatures(_ => { }));
        var expected = Of(first, folder, 1);
        Assert.That(Of(second, folder, 1), Is.EqualTo(expected));
        Assert.That((first.Calls, second.Calls), Is.EqualTo((1, 0)));
    }

    [Test]
    public void Extract_OfOtherImagesOrInAnotherSpace_AsksAgain()
    {
        using var folder = new TemporaryFolder();
        var one = new CountingFeatures(_ => { });
        Of(one, folder, 1);
        Of(one, folder, 2);
        var other = new CountingFeatures(_ => { }) { Space = new("mean and largest", 2) { Version = "2" } };
        Of(other, folder, 1);
        Assert.That((one.Calls, other.Calls), Is.EqualTo((2, 1)));
    }

    [Test]
    public void Extract_WithADamagedFile_AsksAgain()
    {
        using var folder = new TemporaryFolder();
        var expected = Of(new CountingFeatures(_ => { }), folder, 1);
        var file = Directory.GetFiles(folder.Path).Single();
        var bytes = File.ReadAllBytes(file);
        bytes[3] ^= 1;
        File.WriteAllBytes(file, bytes);
        var again = new CountingFeatures(_ => { });
        Assert.That(Of(again, folder, 1), Is.EqualTo(expected));
        Assert.That(again.Calls, Is.EqualTo(1));
    }

    private static float[] Of(CountingFeatures extractor, TemporaryFolder folder, byte gray)
    {
        using var scope = NewDisposeScope();
        return new CachedFeatures(extractor, folder.Path).Extract(full([2, 1, 3, 3], gray, ScalarType.Byte)).data<float>().ToArray();
    }
}
