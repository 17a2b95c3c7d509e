namespace Ddpm.Formats;

/// <summary>TensorBoard's events as protocol buffer messages. The numbers are those of its event.proto and summary.proto.</summary>
internal static class EventBytes
{
    /// <summary>What the first event of a file says.</summary>
    internal const string Version = "brain.Event:2";

    // Event
    internal const int WallTime = 1, Step = 2, FileVersion = 3, Summary = 5, Session = 7;

    // Summary, SummaryValue and SummaryImage
    internal const int Value = 1, Tag = 1, SimpleValue = 2, Image = 4;
    internal const int Height = 1, Width = 2, Colorspace = 3, Encoded = 4;

    // SessionLog
    internal const int Status = 1, Start = 1;

    /// <summary>The first event of a file.</summary>
    internal static byte[] First(DateTimeOffset time) => Event(time, 0, message => message.Text(FileVersion, Version));

    /// <summary>Says that a run begins, or goes on, with <paramref name="step"/>: readers drop what they have of that step and later ones.</summary>
    internal static byte[] SessionStart(DateTimeOffset time, long step) =>
        Event(time, step, message => message.Message(Session, session => session.Number(Status, Start)));

    /// <summary>Numbers of one step; TensorBoard keeps them as float32.</summary>
    internal static byte[] Scalars(DateTimeOffset time, long step, IReadOnlyList<(string Tag, double Value)> scalars) =>
        Event(time, step, message => message.Message(Summary, summary =>
        {
            foreach (var (tag, value) in scalars)
                summary.Message(Value, one =>
                {
                    one.Text(Tag, tag);
                    one.Single(SimpleValue, (float)value);
                });
        }));

    /// <summary>A picture, as the bytes of its file.</summary>
    internal static byte[] OfImage(DateTimeOffset time, long step, string tag, ImageShape shape, ReadOnlyMemory<byte> png) =>
        Event(time, step, message => message.Message(Summary, summary => summary.Message(Value, one =>
        {
            one.Text(Tag, tag);
            one.Message(Image, image =>
            {
                image.Number(Height, shape.Height);
                image.Number(Width, shape.Width);
                image.Number(Colorspace, shape.Channels);       // 1: gray; 3: red, green, blue
                image.Bytes(Encoded, png.Span);
            });
        })));

    private static byte[] Event(DateTimeOffset time, long step, Action<ProtobufWriter> what)
    {
        var message = new ProtobufWriter();
        message.Double(WallTime, (time - DateTimeOffset.UnixEpoch).TotalSeconds);
        if (step != 0)          // as any writer does, the default is left out
            message.Number(Step, step);
        what(message);
        return message.Written.ToArray();
    }
}
