using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Data.Imaging;

public class PictureGridTests
{
    // One pixel an image: image k has the value -1 + 0.4 k, byte 51 k.
    private static Tensor Dots(int count, int channels = 1) =>
        torch.linspace(-1, -1 + 0.4 * (count - 1), count).reshape(count, 1, 1, 1).repeat(1, channels, 1, 1);

    [Test]
    public void Grid_WithAnUnfinishedRow_FillsItWithWhite()
    {
        using var scope = NewDisposeScope();
        var grid = PictureGrid.Grid(Dots(5), columns: 3);
        Assert.That(grid.Shape, Is.EqualTo(new ImageShape(1, 2, 3)));
        Assert.That(grid.Pixels.ToArray(), Is.EqualTo(new byte[] { 0, 51, 102, 153, 204, 255 }));
    }

    [Test]
    public void Grid_WithScaleAndGap_MakesSquaresBetweenWhiteLines()
    {
        using var scope = NewDisposeScope();
        var grid = PictureGrid.Grid(Dots(3), columns: 2, scale: 2, gap: 1);
        Assert.That(grid.Shape, Is.EqualTo(new ImageShape(1, 5, 5)));
        byte[] expected =
        [
            0, 0, 255, 51, 51,
            0, 0, 255, 51, 51,
            255, 255, 255, 255, 255,
            102, 102, 255, 255, 255,
            102, 102, 255, 255, 255,
        ];
        Assert.That(grid.Pixels.ToArray(), Is.EqualTo(expected));
    }

    [Test]
    public void Grid_OfImagesWithExtent_KeepsRowsColumnsAndChannelsApart()
    {
        using var scope = NewDisposeScope();
        var bytes = Enumerable.Range(0, 2 * 3 * 2 * 2).Select(i => (byte)(10 * i)).ToArray();
        var images = Pixels.ToUnit(torch.tensor(bytes, [2, 3, 2, 2], dtype: ScalarType.Byte));
        var grid = PictureGrid.Grid(images, columns: 8);
        byte[] red = [0, 10, 120, 130, 20, 30, 140, 150];
        Assert.That(grid.Shape, Is.EqualTo(new ImageShape(3, 2, 4)));
        Assert.That(grid.Pixels.ToArray(), Is.EqualTo(red.Concat(red.Select(v => (byte)(v + 40))).Concat(red.Select(v => (byte)(v + 80)))));
    }

    [Test]
    public void Rows_OfFrames_HasARowAnImageAndAColumnAFrame()
    {
        using var scope = NewDisposeScope();
        var rows = PictureGrid.Rows([Dots(2), Dots(2) + 0.08, Dots(2) + 0.16]);
        Assert.That(rows.Shape, Is.EqualTo(new ImageShape(1, 2, 3)));
        Assert.That(rows.Pixels.ToArray(), Is.EqualTo(new byte[] { 0, 10, 20, 51, 61, 71 }));
    }

    [Test]
    public void Rows_OfTheReferenceProgramsFrames_IsTheirStripCutAndJoinedAgain()
    {
        using var scope = NewDisposeScope();
        var strip = Picture.Load(Recordings.At("seed/reverse-strip-T1000.png"));
        var frames = strip.ToTensor().chunk(strip.Width / strip.Height, dim: 3);
        Assert.That(PictureGrid.Rows(frames).Pixels.ToArray(), Is.EqualTo(strip.Pixels.ToArray()));
    }

    [Test]
    public void GridAndRows_WithWrongArguments_NameTheRule()
    {
        using var scope = NewDisposeScope();
        Assert.That(() => PictureGrid.Grid(torch.zeros(1, 2, 4, 4), 1), Throws.ArgumentException.With.Message.Contains("[1, 2, 4, 4]"));
        Assert.That(() => PictureGrid.Grid(torch.zeros(0, 3, 4, 4), 1), Throws.ArgumentException.With.Message.Contains("[0, 3, 4, 4]"));
        Assert.That(() => PictureGrid.Grid(Dots(1), columns: 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => PictureGrid.Grid(Dots(1), 1, scale: 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => PictureGrid.Grid(Dots(1), 1, gap: -1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => PictureGrid.Grid(Dots(1), 1, scale: 10_001), Throws.ArgumentException.With.Message.Contains("100000000"));
        Assert.That(() => PictureGrid.Grid(Dots(2), 1, scale: int.MaxValue, gap: int.MaxValue),
            Throws.ArgumentException.With.Message.Contains("100000000"));
        Assert.That(() => PictureGrid.Rows([]), Throws.ArgumentException);
        Assert.That(() => PictureGrid.Rows([Dots(1), Dots(2)]), Throws.ArgumentException.With.Message.Contains("frame 1"));
    }

    [Test]
    public void GridAndRows_LeaveNoTensorAlive()
    {
        using var images = Dots(4, channels: 3);
        Expect.NoLeak(() => PictureGrid.Grid(images, 2));
        Expect.NoLeak(() => PictureGrid.Rows([images, images]));
    }
}
