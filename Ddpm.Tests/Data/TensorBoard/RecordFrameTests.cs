using System.Text;

namespace Ddpm.Tests.Data.TensorBoard;

public class RecordFrameTests
{
    // The check value of CRC-32C, and the vectors of RFC 3720, appendix B.4.
    [Test]
    public void Checksum_OfKnownBytes_IsTheKnownOne()
    {
        byte[] rising = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
        Assert.That(RecordFrame.Checksum("123456789"u8), Is.EqualTo(0xE3069283));
        Assert.That(RecordFrame.Checksum(new byte[32]), Is.EqualTo(0x8A9136AA));
        Assert.That(RecordFrame.Checksum([.. Enumerable.Repeat((byte)0xFF, 32)]), Is.EqualTo(0x62A8AB43));
        Assert.That(RecordFrame.Checksum(rising), Is.EqualTo(0x46DD794E));
        Assert.That(RecordFrame.Checksum([.. rising.Reverse()]), Is.EqualTo(0x113FDB5C));
        Assert.That(RecordFrame.Checksum([]), Is.Zero);
    }

    // Every event file that TensorFlow writes begins with these bytes.
    [Test]
    public void Of_AFirstEvent_BeginsAsTensorFlowsFilesDo()
    {
        var record = RecordFrame.Of(EventBytes.First(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000)));
        Assert.That(record.AsSpan(0, 13).ToArray(), Is.EqualTo(Convert.FromHexString("1800000000000000A37F4B2209")));
        Assert.That(Encoding.ASCII.GetString(record.AsSpan(21, 15)), Is.EqualTo("\x1A\rbrain.Event:2"));
        Assert.That(record, Has.Length.EqualTo(24 + RecordFrame.HeadBytes + RecordFrame.TailBytes));
    }
}
