namespace Ddpm.Tests.Data;

/// <summary>What every reader promises for files that mean harm.</summary>
internal static class Hostile
{
    private const long SpareBytes = 64 << 20;

    /// <summary>
    /// The file is refused by the one exception for it, within a second or two of work, in at most twice its size and 64 MB of memory.
    /// </summary>
    internal static DataFormatException ExpectRefused(string path, Action<string> read)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        DataFormatException refusal = null!;
        var seconds = ProcessorTime.Of(() => refusal = Assert.Throws<DataFormatException>(() => read(path))!);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        TestContext.Out.WriteLine($"{refusal.Message} {allocated >> 10} KB");
        Assert.That(refusal.File, Is.EqualTo(path));
        Assert.That(seconds, Is.LessThan(2));
        Assert.That(allocated, Is.LessThan(2 * new FileInfo(path).Length + SpareBytes));
        return refusal;
    }

    /// <summary>Reads all tensors of a file, whatever its format. Types that TorchSharp lacks count as read.</summary>
    internal static void ReadAll(string path)
    {
        using var file = TensorFile.Open(path);
        foreach (var dictionary in file.Dictionaries)
            foreach (var entry in dictionary.Entries)
                if (entry.Type is not null)
                    dictionary.Read(entry.Name).Dispose();
                else
                    Assert.That(() => dictionary.Read(entry.Name), Throws.TypeOf<NotSupportedException>());
    }

    /// <summary>
    /// Damages bytes in 1 to 3 places, <paramref name="count"/> times: bytes changed, a stretch removed, repeated or moved, the end cut off;
    /// and reads the file that <paramref name="whole"/> makes of them. Any damage is either harmless (another value or name) or refused by the
    /// one exception for it; nothing hangs, and nothing else may come out.
    /// </summary>
    internal static (int Sound, int Refused) ReadDamaged(
        string path, byte[] damaged, Func<byte[], byte[]> whole, Action<string> read, int count, int seed)
    {
        var random = new Random(seed);
        var (sound, refused, slowest) = (0, 0, TimeSpan.Zero);
        for (var i = 0; i < count; i++)
        {
            var bytes = damaged;
            for (var places = random.Next(1, 4); places > 0; places--)
                bytes = Damage(bytes, random);
            File.WriteAllBytes(path, whole(bytes));
            var before = Environment.CpuUsage.TotalTime;
            try
            {
                read(path);
                sound++;
            }
            catch (DataFormatException)
            {
                refused++;
            }
            catch (Exception error)
            {
                Assert.Fail($"Damage {i} of seed {seed}: {error}");
            }
            var time = Environment.CpuUsage.TotalTime - before;
            slowest = time > slowest ? time : slowest;
        }
        TestContext.Out.WriteLine($"{sound} read, {refused} refused, the slowest in {slowest.TotalSeconds:F3} s");
        Assert.That(slowest.TotalSeconds, Is.LessThan(2));
        return (sound, refused);
    }

    private static byte[] Damage(byte[] bytes, Random random)
    {
        if (bytes.Length == 0)
            return bytes;
        var at = random.Next(bytes.Length);
        var length = Math.Min(random.Next(1, 17), bytes.Length - at);
        switch (random.Next(8))
        {
            case 0: return bytes[..at];
            case 1: return [.. bytes[..at], .. bytes[(at + length)..]];
            case 2: return [.. bytes[..(at + length)], .. bytes[at..]];
            case 3:
                var to = random.Next(bytes.Length - length + 1);
                bytes = [.. bytes];
                bytes.AsSpan(at, length).ToArray().CopyTo(bytes, to);
                return bytes;
            default:
                bytes = [.. bytes];
                bytes[at] = random.Next(3) switch
                {
                    0 => (byte)random.Next(256),
                    1 => (byte)(bytes[at] ^ 1 << random.Next(8)),
                    _ => (byte)random.Next(5),
                };
                return bytes;
        }
    }
}
