using Ddpm.Samples;

namespace Ddpm.Tests.Samples;

public class ProgressTextTests
{
    private static readonly string[] Figures = ["loss 0.0321, 123.4 images/s"];
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

    // Memory goes first, then the last step's own loss, then the rate, then the mean; the bar needs room for all of them.
    [TestCase(120, "training [########################] 9000/9000, loss 0.0321, mean 0.0298, 123.4 images/s, 1.5 GB, 4d 19:03:15 left")]
    [TestCase(100, "training [##########] 9000/9000, loss 0.0321, mean 0.0298, 123.4 images/s, 1.5 GB, 4d 19:03:15 left")]
    [TestCase(87, "training 9000/9000, loss 0.0321, mean 0.0298, 123.4 images/s, 1.5 GB, 4d 19:03:15 left")]
    [TestCase(80, "training 9000/9000, loss 0.0321, mean 0.0298, 123.4 images/s, 4d 19:03:15 left")]
    [TestCase(78, "training 9000/9000, loss 0.0298, 123.4 images/s, 4d 19:03:15 left")]
    [TestCase(60, "training 9000/9000, loss 0.0298, 4d 19:03:15 left")]
    [TestCase(40, "training 9000/9000, 4d 19:03:15 left")]
    public void Line_OfTraining_TellsWhatTheWindowHasRoomFor(int width, string shown) => Assert.That(
        ProgressText.Line("training", 9000, 9000, Long, ProgressText.Figures(0.0321, 0.0298, 123.4, 3L << 29, 0), width), Is.EqualTo(shown));

    [Test]
    public void Figures_OfARunThatSkippedSteps_SaySo() => Assert.That(
        ProgressText.Figures(0.5, 0.25, 10, 1 << 30, 3), Has.All.Contains("0.2500, 3 skipped"));

    [Test]
    public void Figures_BeforeTheFirstLossIsKnown_TellNone() => Assert.That(
        ProgressText.Figures(double.NaN, double.NaN, 10, 1 << 30, 0), Is.EqualTo(new[] { "10.0 images/s, 1.0 GB", "10.0 images/s" }));

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
        ProgressText.Line("t", step, 10, TimeSpan.Zero, ["f"], 80),
        Does.Contain(step == 0 ? "[------------------------]" : "[########################]"));
}
