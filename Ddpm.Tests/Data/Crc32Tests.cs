namespace Ddpm.Tests.Data;

public class Crc32Tests
{
    // The check value of CRC-32/ISO-HDLC.
    [Test]
    public void Value_OfTheNineDigits_IsTheCheckValue() => Assert.That(ZipBytes.Checksum("123456789"u8.ToArray()), Is.EqualTo(0xCBF43926));

    // Fast paths against the table, for every length and split near their limits.
    [Test]
    public void Add_InPiecesOfAnyLength_IsTheSameAsByTable()
    {
        var bytes = new byte[1000];
        new Random(3).NextBytes(bytes);
        for (var length = 0; length <= bytes.Length; length += length < 300 ? 1 : 17)
            foreach (var split in new[] { 0, 1, 15, 63, 64, 127, 128, 200 }.Where(split => split <= length))
            {
                var (fast, byTable) = (new Crc32(), new Crc32());
                fast.Add(bytes.AsSpan(0, split));
                fast.Add(bytes.AsSpan(split, length - split));
                byTable.AddEight(bytes.AsSpan(0, length));
                Assert.That(fast.Value, Is.EqualTo(byTable.Value), $"{length} bytes in two parts, the first of {split}");
            }
    }
}
