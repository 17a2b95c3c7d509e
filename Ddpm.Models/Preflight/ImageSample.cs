namespace Ddpm.Training;

/// <summary>Counts over some images of a data set.</summary>
internal sealed class ImageSample(ImageShape shape)
{
    private readonly byte[] image = new byte[shape.Values], first = new byte[shape.Values];
    private readonly bool[] seen = new bool[256];
    private readonly (byte Lowest, byte Highest)[] channels = new (byte, byte)[shape.Channels];

    internal int Count { get; private set; }

    internal int Channels => channels.Length;

    /// <summary>Images of one value throughout.</summary>
    internal int OfOneValue { get; private set; }

    internal bool AreAllEqual { get; private set; } = true;

    /// <summary>Whether every image's channels are the same.</summary>
    internal bool ChannelsAreEqual { get; private set; } = true;

    /// <summary>Every value that occurs, in order.</summary>
    internal IReadOnlyList<int> Values => [.. Enumerable.Range(0, seen.Length).Where(value => seen[value])];

    internal void Add(IImageDataset data, int index)
    {
        data.CopyTo(index, image);
        var plane = image.Length / Channels;
        for (var c = 0; c < Channels; c++)
        {
            var values = image.AsSpan(c * plane, plane);
            var (lowest, highest) = Count == 0 ? (values[0], values[0]) : channels[c];
            foreach (var value in values)
            {
                seen[value] = true;
                (lowest, highest) = (Math.Min(lowest, value), Math.Max(highest, value));
            }
            channels[c] = (lowest, highest);
            ChannelsAreEqual &= values.SequenceEqual(image.AsSpan(0, plane));
        }
        if (image.AsSpan().IndexOfAnyExcept(image[0]) < 0)
            OfOneValue++;
        if (Count++ == 0)
            image.CopyTo(first, 0);
        else
            AreAllEqual &= image.AsSpan().SequenceEqual(first);
    }

    internal IEnumerable<(int Channel, int Value)> ChannelsOfOneValue() =>
        channels.Index().Where(channel => channel.Item.Lowest == channel.Item.Highest).Select(channel => (channel.Index, (int)channel.Item.Lowest));
}
