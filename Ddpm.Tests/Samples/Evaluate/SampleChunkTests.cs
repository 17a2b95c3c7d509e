using Ddpm.Samples;

namespace Ddpm.Tests.Samples.Evaluate;

public class SampleChunkTests
{
    private static readonly ImageShape Shape = new(3, 2, 4);
    private static readonly string Fingerprint = new('a', 64);
    private static readonly byte[] Images = [.. Enumerable.Range(0, 2 * 24).Select(i => (byte)(i * 5))];

    private readonly TemporaryFolder folder = new();

    [OneTimeTearDown]
    public void Clean() => folder.Dispose();

    [Test]
    public void Read_OfWhatWasWritten_IsThat()
    {
        var path = folder.File("whole");
        new SampleChunk(Fingerprint, Shape, 2).Write(path, 128, Images);
        Assert.That(new SampleChunk(Fingerprint, Shape, 2).Read(path, 128), Is.EqualTo(Images));
        Assert.That(new SampleChunk(Fingerprint, Shape, 2).Read(folder.File("none"), 128), Is.Null);
    }

    [Test]
    public void Read_OfOtherImages_IsNone()
    {
        var path = folder.File("other");
        new SampleChunk(Fingerprint, Shape, 2).Write(path, 128, Images);
        Assert.That(new SampleChunk(Fingerprint, Shape, 2).Read(path, 126), Is.Null);
        Assert.That(new SampleChunk(new('b', 64), Shape, 2).Read(path, 128), Is.Null);
        Assert.That(new SampleChunk(Fingerprint, new(3, 4, 2), 2).Read(path, 128), Is.Null);
        Assert.That(new SampleChunk(Fingerprint, Shape, 1).Read(path, 128), Is.Null);
    }

    // Every byte counts, wherever it is; so does the end.
    [Test]
    public void Read_OfADamagedFile_IsNone()
    {
        var path = folder.File("damaged");
        new SampleChunk(Fingerprint, Shape, 2).Write(path, 0, Images);
        var whole = File.ReadAllBytes(path);
        for (var i = 0; i < whole.Length; i++)
        {
            var damaged = whole.ToArray();
            damaged[i] ^= 1;
            File.WriteAllBytes(path, damaged);
            Assert.That(new SampleChunk(Fingerprint, Shape, 2).Read(path, 0), Is.Null, $"byte {i}");
        }
        foreach (var length in new[] { 0, 1, whole.Length - 1 })
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.That(new SampleChunk(Fingerprint, Shape, 2).Read(path, 0), Is.Null, $"length {length}");
        }
    }
}
