using Ddpm.Samples;

namespace Ddpm.Tests.Samples;

public class ProgressTextTests
{
    private const string Figures = "loss 0.0321, 123.4 images/s";
    private static readonly TimeSpan Long = new(days: 4, hours: 19, minutes: 3, seconds: 15);

    [TestCase(0, 0, 0, 7, "0:00:07")]
    [TestCase(0, 19, 3, 15, "19:03:15")]
    [TestCase(0, 23, 59, 59, "23:59:59")]
    [TestCase(4, 19, 3, 15, "4d 19:03:15")]         // 115 hours were shown as 19:03:15
    [TestCase(400, 1, 0, 0, "400d 01:00:00")]
    public void Duration_CountsDays(int days, int hours, int minutes, int seconds, string shown) =>
        Assert.That(ProgressText.Duration(new(days, hours, minutes, seconds)), Is.EqualTo(shown));

    // What goes first as the window shrinks: the bar, shortened and then left out, the figures, the title, the time.
    [TestCase(200, "training [############------------] 400000/800000, loss 0.0321, 123.4 images/s, 4d 19:03:15 left")]
    [TestCase(80, "training [###----] 400000/800000, loss 0.0321, 123.4 images/s, 4d 19:03:15 left")]
    [TestCase(78, "training 400000/800000, loss 0.0321, 123.4 images/s, 4d 19:03:15 left")]
    [TestCase(60, "training 400000/800000, 4d 19:03:15 left")]
    [TestCase(35, "400000/800000, 4d 19:03:15 left")]
    [TestCase(20, "400000/800000")]
    [TestCase(7, "400000")]
    [TestCase(1, "4")]
    public void Line_OfAWindow_LeavesOutWhatMattersLeast(int width, string shown) =>
        Assert.That(ProgressText.Line("training", 400_000, 800_000, Long, Figures, width), Is.EqualTo(shown));

    [Test]
    public void Line_OfAnyWindow_NeverReachesItsLastColumn()
    {
        foreach (var title in (string[])["sampling", "training QuickStart's model"])
            for (var width = 2; width < 140; width++)
                foreach (var step in (int[])[0, 1, 777, int.MaxValue])
                {
                    var line = ProgressText.Line(title, step, int.MaxValue, Long, Figures, width);
                    Assert.That(line, Has.Length.InRange(1, width - 1), $"{width}: {line}");
                    Assert.That(line, Does.Not.Contain('\n'));
                }
    }

    [Test]
    public void Line_BesideItsEnd_HasAFullOrEmptyBar([Values(0, 10, 12)] int step) => Assert.That(
        ProgressText.Line("t", step, 10, TimeSpan.Zero, "f", 80),
        Does.Contain(step == 0 ? "[------------------------]" : "[########################]"));
}
