using System.Text;
using Ddpm.Samples;

namespace Ddpm.Tests.Samples.Terminal;

public class TerminalAnswerTests
{
    [TestCase("\e[?62;4c", true)]
    [TestCase("\e[?61;4;6;7;14;21;22c", true)]
    [TestCase("\e[?65;1;9;4c", true)]
    [TestCase("\e[?62;14c", false)]
    [TestCase("\e[?64;1;2;6;22;40c", false)]
    [TestCase("\e[?6c", false)]
    [TestCase("\e[?4;6c", false)]           // a VT132: the first number is the terminal's class
    [TestCase("\e[?c", false)]
    [TestCase("ls\r\e[A\e\e[?62;4c", true)]     // what is typed in between
    [TestCase("\e[\e[?62;4c", true)]
    public void Add_OfDeviceAttributes_FindsSixel(string bytes, bool hasSixel)
    {
        var answer = Read(bytes);
        Assert.That((answer.IsComplete, answer.HasSixel), Is.EqualTo((true, hasSixel)));
    }

    [TestCase("")]
    [TestCase("c")]
    [TestCase("[?62;4c")]
    [TestCase("\e[c")]
    [TestCase("\e[>0;276;0c")]              // the secondary attributes
    [TestCase("\e[?62;4")]
    [TestCase("\e[?62\n;4c")]
    [TestCase("\eO?62;4c")]
    public void Add_OfAnythingElse_WaitsOn(string bytes) => Assert.That(Read(bytes).IsComplete, Is.False);

    [TestCase("\e[6;20;10t", 10, 20)]
    [TestCase("\e[6;200;200t", 200, 200)]
    [TestCase("\e[6;201;10t", 8, 16)]
    [TestCase("\e[6;0;10t", 8, 16)]
    [TestCase("\e[6;-5;10t", 8, 16)]
    [TestCase("\e[6;99999999999;10t", 8, 16)]
    [TestCase("\e[4;480;640t", 8, 16)]
    [TestCase("\e[6;20t", 8, 16)]
    public void Add_OfACharactersSize_TakesItIfItCanBeOne(string bytes, int width, int height)
    {
        var answer = Read(bytes + "\e[?62;4c");
        Assert.That((answer.HasSixel, answer.Cell), Is.EqualTo((true, (width, height))));
    }

    [Test]
    public void Add_OfAnythingAtAll_IsSurvived()
    {
        var (random, answer) = (new Random(3), new TerminalAnswer());
        var bytes = new byte[100_000];
        random.NextBytes(bytes);
        foreach (var some in bytes)
            answer.Add(some);
        foreach (var digit in "\e[?" + new string('4', 1_000_000))
            answer.Add((byte)digit);
        foreach (var character in "\e[?62;4c")
            answer.Add((byte)character);
        Assert.That((answer.IsComplete, answer.HasSixel), Is.EqualTo((true, true)));
    }

    private static TerminalAnswer Read(string bytes)
    {
        var answer = new TerminalAnswer();
        foreach (var next in Encoding.Latin1.GetBytes(bytes))
            answer.Add(next);
        return answer;
    }
}
