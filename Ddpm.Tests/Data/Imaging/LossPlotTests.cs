using System.Globalization;

namespace Ddpm.Tests.Data.Imaging;

public class LossPlotTests
{
    private static readonly PlotSeries Falling = new("training", [.. Enumerable.Range(0, 5000).Select(i => (i * 10.0, 1 / (1 + i * 0.02)))]);

    [TestCase(0, 0.93, "0 0.2 0.4 0.6 0.8 1")]
    [TestCase(0.02, 0.021, "0.02 0.0202 0.0204 0.0206 0.0208 0.021")]
    [TestCase(-3, 12, "-5 0 5 10 15")]
    [TestCase(5, 5, "2 3 4 5 6 7 8")]
    [TestCase(0, 0, "-1 -0.5 0 0.5 1")]
    public void Linear_WideAxis_HasRoundTicksRoundTheRange(double low, double high, string ticks) =>
        Assert.That(string.Join(' ', PlotAxis.Linear(low, high, 6, wide: true, 0, 1).Ticks.Select(PlotAxis.Label)), Is.EqualTo(ticks));

    [Test]
    public void Linear_NarrowAxis_KeepsTheRangeAndItsTicksInside()
    {
        var axis = PlotAxis.Linear(130, 49_990, 7, wide: false, 100, 700);
        Assert.That((axis.Pixel(130), axis.Pixel(49_990)), Is.EqualTo((100.0, 800.0)));
        Assert.That(string.Join(' ', axis.Ticks.Select(PlotAxis.Label)), Is.EqualTo("10k 20k 30k 40k"));
    }

    [TestCase(0.03, 0.9, "0.02 0.05 0.1 0.2 0.5 1")]
    [TestCase(3e-7, 0.9, "1e-7 1e-6 1e-5 1e-4 0.001 0.01 0.1 1")]
    [TestCase(1, 1, "1 2")]
    public void Logarithmic_Axis_HasRoundTicksRoundTheRange(double low, double high, string ticks)
    {
        var axis = PlotAxis.Logarithmic(low, high, 0, 1);
        Assert.That(string.Join(' ', axis.Ticks.Select(PlotAxis.Label)), Is.EqualTo(ticks));
        Assert.That(axis.Pixel(low), Is.InRange(0.0, 1.0));
        Assert.That(axis.Pixel(high), Is.InRange(0.0, 1.0));
    }

    [TestCase(1.5e6, "1.5M")]
    [TestCase(-2e4, "-20k")]
    [TestCase(500, "500")]
    [TestCase(5000, "5k")]
    [TestCase(3e12, "3e12")]
    [TestCase(5e-5, "5e-5")]
    public void Label_OfANumber_IsShort(double value, string label) => Assert.That(PlotAxis.Label(value), Is.EqualTo(label));

    [Test]
    public void Draw_OfOneSeries_PutsItsPointsWhereTheAxesSay()
    {
        var picture = LossPlot.Draw([new("a", [(0, 0), (10, 1)])]);
        Assert.That(picture.Shape, Is.EqualTo(new ImageShape(3, 540, 960)));
        // The plot's corners, 92, 72 and 28, 66 pixels from those of the picture: a rising diagonal in the first colour.
        Assert.That(ColourAt(picture, 93, 540 - 66 - 1), Is.EqualTo(0x1F77B4));
        Assert.That(ColourAt(picture, 960 - 28 - 2, 73), Is.EqualTo(0x1F77B4));
        Assert.That(ColourAt(picture, 960 - 28 - 20, 540 - 66 - 20), Is.EqualTo(0xFFFFFF));
    }

    [Test]
    public void Draw_OfAMillionPoints_TakesLittleTimeAndIsThePlotOfAllOfThem()
    {
        // A triangle wave with 100 points a pixel fills the plot's whole height.
        var wave = new PlotSeries("a", [.. Enumerable.Range(0, 1_000_000).Select(i => ((double)i, i % 20 < 10 ? 0.0 : 1.0))]);
        Picture picture = null!;
        Assert.That(ProcessorTime.Of(() => picture = LossPlot.Draw([wave])), Is.LessThan(5));
        Assert.That(Enumerable.Range(100, 800).Select(x => ColourAt(picture, x, 300)), Is.All.EqualTo(0x1F77B4));
    }

    [Test]
    public void Draw_OfSeveralSeries_UsesAColourEachAndALegend()
    {
        var one = LossPlot.Draw([Falling]);
        var two = LossPlot.Draw([Falling, new("held out", [(0, 0.9), (25_000, 0.4), (49_990, 0.2)])]);
        Assert.That(Colours(one), Does.Contain(0x1F77B4).And.Not.Contain(0xE6660B));
        Assert.That(Colours(two), Does.Contain(0x1F77B4).And.Contain(0xE6660B));
    }

    [Test]
    public void Draw_WithValuesThatAreNotFinite_BreaksTheLine()
    {
        var picture = LossPlot.Draw([new("a", [(0, 1), (1, 1), (1.5, double.NaN), (3, double.PositiveInfinity), (3, 1), (4, 2)])]);
        // Between steps 1 and 3, at the bottom where the value is 1, there is only the frame.
        Assert.That(ColourAt(picture, 92 + 840 / 8, 540 - 66 - 1), Is.EqualTo(0x1F77B4));
        Assert.That(ColourAt(picture, 92 + 840 / 2 + 10, 540 - 66 - 1), Is.EqualTo(0xFFFFFF));
    }

    [TestCase(1e308, -1e308, false)]
    [TestCase(5e-324, 0, false)]
    [TestCase(5e-324, 1e299, true)]
    [TestCase(1e-320, 2e-320, true)]
    [TestCase(1.0, 1.0000000001, false)]
    public void Draw_OfExtremeValues_StillDraws(double first, double second, bool logarithmic) =>
        Assert.That(Colours(LossPlot.Draw([new("a", [(0, first), (1, second), (2, 1e-3)])], new() { LogarithmicValues = logarithmic })),
            Does.Contain(0x1F77B4));

    // Swedish and its neighbours write U+2212 for a minus; others write a comma, or marks of direction before it.
    [TestCase("\u2212", ",")]
    [TestCase("\u200F-", "\u066B")]
    public void Draw_InAnotherCulture_IsTheSamePlot(string minus, string point)
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (culture.NumberFormat.NegativeSign, culture.NumberFormat.NumberDecimalSeparator) = (minus, point);
        static byte[] Draw(bool logarithmic) => LossPlot.Draw(
            [new("a", [(0, 0.02), (10, 1e-7)])], new() { LogarithmicValues = logarithmic }).Pixels.ToArray();
        var expected = (Draw(true), Draw(false));
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = culture;
            Assert.That((Draw(true), Draw(false)), Is.EqualTo(expected));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Test]
    public void Draw_WithNothingToDraw_SaysSo()
    {
        Assert.That(() => LossPlot.Draw([]), Throws.ArgumentException);
        Assert.That(() => LossPlot.Draw([new("a", [(0, double.NaN)])]), Throws.ArgumentException.With.Message.Contains("finite"));
        Assert.That(() => LossPlot.Draw([new("a", [(0, -1)])], new() { LogarithmicValues = true }),
            Throws.ArgumentException.With.Message.Contains("positive"));
        Assert.That(() => LossPlot.Draw([Falling], new() { Width = 100_000 }), Throws.ArgumentException.With.Message.Contains("100000"));
    }

    [Test]
    public void IsSet_OfEveryCharacter_DrawsSomethingOfItsOwn()
    {
        static string Glyph(char character) =>
            string.Concat(Enumerable.Range(0, 40).Select(dot => PixelFont.IsSet(character, dot / 8, dot % 8) ? '#' : '.'));
        const string Drawn = "0123456789.,-+:()/%=_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        Assert.That(Drawn.Select(Glyph), Is.Unique);
        Assert.That(Drawn.Select(Glyph), Has.None.EqualTo(Glyph(' ')).And.None.EqualTo(Glyph('é')));
        Assert.That(Glyph(' '), Does.Not.Contain("#"));
    }

    private static int ColourAt(Picture picture, int x, int y)
    {
        var (at, plane) = (y * picture.Width + x, picture.Width * picture.Height);
        return picture.Pixels.Span[at] << 16 | picture.Pixels.Span[plane + at] << 8 | picture.Pixels.Span[2 * plane + at];
    }

    private static HashSet<int> Colours(Picture picture) =>
        [.. Enumerable.Range(0, picture.Width * picture.Height).Select(i => ColourAt(picture, i % picture.Width, i / picture.Width))];
}
