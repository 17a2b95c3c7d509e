using Google.Protobuf;
using Tensorboard;

namespace Ddpm.Tests.Data.TensorBoard;

/// <summary>Against the classes that protoc makes of TensorBoard's own definition; TorchSharp brings them.</summary>
public class EventBytesTests
{
    private static readonly DateTimeOffset Time = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_250);

    private static Event Theirs(long step, Summary? summary = null) => new() { WallTime = 1_700_000_000.25, Step = step, Summary = summary };

    [Test]
    public void First_IsTheEventOfTheDefinition() => Assert.That(
        EventBytes.First(Time), Is.EqualTo(new Event { WallTime = 1_700_000_000.25, FileVersion = "brain.Event:2" }.ToByteArray()));

    [Test]
    public void SessionStart_IsTheEventOfTheDefinition([Values(0, 1, 127, 128, 800_000, long.MaxValue)] long step)
    {
        var theirs = new Event
        {
            WallTime = 1_700_000_000.25, Step = step, SessionLog = new() { Status = SessionLog.Types.SessionStatus.Start },
        };
        Assert.That(EventBytes.SessionStart(Time, step), Is.EqualTo(theirs.ToByteArray()));
    }

    [TestCase(0.0321)]
    [TestCase(-1e-30)]
    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    public void Scalars_AreTheEventOfTheDefinition(double value)
    {
        var summary = new Summary
        {
            Value =
            {
                new Summary.Types.Value { Tag = "loss/training", SimpleValue = (float)value },
                new Summary.Types.Value { Tag = "β", SimpleValue = 1 },
            },
        };
        Assert.That(
            EventBytes.Scalars(Time, 300, [("loss/training", value), ("β", 1)]), Is.EqualTo(Theirs(300, summary).ToByteArray()));
    }

    [Test]
    public void OfImage_IsTheEventOfTheDefinition([Values(1, 3)] int channels, [Values(5, 200, 70_000)] int length)
    {
        var png = new byte[length];
        new Random(1).NextBytes(png);
        var image = new Summary.Types.Image { Height = 200, Width = 3, Colorspace = channels, EncodedImageString = ByteString.CopyFrom(png) };
        var summary = new Summary { Value = { new Summary.Types.Value { Tag = "samples", Image = image } } };
        Assert.That(
            EventBytes.OfImage(Time, 7, "samples", new(channels, 200, 3), png), Is.EqualTo(Theirs(7, summary).ToByteArray()));
    }
}
