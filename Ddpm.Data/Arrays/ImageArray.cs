using Ddpm.Formats;
using Ddpm.Imaging;

namespace Ddpm;

/// <summary>Turns an array of bytes into images: [N, H, W], [N, H, W, C] or [N, C, H, W].</summary>
internal sealed class ImageArray
{
    private readonly ArrayInput input;
    private readonly ImageShape shape, framed;
    private readonly int count, margin;
    private readonly bool channelsLast;

    /// <summary>Checks that an array can be images; no value is read.</summary>
    /// <param name="input">The array, at its first value.</param>
    /// <param name="layout">Where four axes have the channels; null: where there are 1 or 3.</param>
    /// <param name="margin">Rows and columns of 0 that every image gets on each side.</param>
    internal ImageArray(ArrayInput input, ImageLayout? layout, int margin = 0)
    {
        (this.input, this.margin) = (input, margin);
        if (!CanBe(input.Form))
            throw input.Refuse($"images must be UInt8 with three or four axes, but {input.Title} is {input.Form}");
        var sizes = input.Form.Sizes;
        channelsLast = sizes.Count == 4 && (layout ?? Derive()) == ImageLayout.ChannelsLast;
        var (channels, height, width) = sizes.Count == 3 ? (1, sizes[1], sizes[2])
            : channelsLast ? (sizes[3], sizes[1], sizes[2]) : (sizes[1], sizes[2], sizes[3]);
        if (sizes.Any(size => size is < 1 or > int.MaxValue) || input.Form.Bytes / sizes[0] > Array.MaxLength)
            throw input.Refuse($"there must be an image at least, and each of at most {Array.MaxLength} bytes, but {input.Title} is {input.Form}");
        (count, shape) = ((int)sizes[0], new((int)channels, (int)height, (int)width));
        // So that a small file takes no more than four times the memory.
        if (margin > Math.Min(height, width) / 2)
            throw input.Refuse($"a margin of {margin} must be at most half of an image's shorter edge, but {input.Title} is {input.Form}");
        framed = new(shape.Channels, shape.Height + 2 * margin, shape.Width + 2 * margin);
        if (framed.Values > Array.MaxLength)
            throw input.Refuse($"an image must take at most {Array.MaxLength} bytes, but would have {framed}");
        if (PixelBlocks.MemoryThatLacks(framed, count) is { } memory)
            throw input.Refuse($"images must fit into the memory of {memory} bytes, but {input.Title} is {input.Form}");
    }

    /// <summary>What every image is.</summary>
    internal ImageShape Shape => framed;

    internal static bool CanBe(ArrayForm form) => form.Type == NumberType.UInt8 && form.Sizes.Count is 3 or 4;

    /// <summary>Reads all images.</summary>
    /// <param name="labels">Gives the class of each, by their number; asked last.</param>
    /// <param name="classNames">A name for every label, or null.</param>
    /// <param name="progress">Told now and then.</param>
    /// <param name="cancellationToken">Looked at now and then.</param>
    internal ImageDataset Read(
        Func<int, int[]?> labels, IReadOnlyList<string>? classNames, IProgress<ReadingProgress>? progress, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (pixels, meter) = (new PixelBlocks(framed, count), new ReadingMeter(progress, count));
        // With the last index of an image running slowest, every image lies all over the file.
        var whole = input.Form.ColumnsFirst ? input.ReadAll().Bytes : default;
        var turned = channelsLast && shape.Channels > 1 ? new byte[shape.Values] : [];
        var planes = margin > 0 ? new byte[shape.Values] : [];
        for (var i = 0; i < count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var target = margin > 0 ? planes : pixels[i].Span;
            var source = turned.Length > 0 ? turned : target;
            if (input.Form.ColumnsFirst)
                whole.Span.Slice((int)(i * shape.Values), target.Length).CopyTo(source);
            else
                input.Read(source);
            if (turned.Length > 0)
                Separate(source, target);
            if (margin > 0)
                Frame(planes, pixels[i].Span);
            meter.Add();
        }
        return ImageDataset.OfBlocks(framed, pixels.Blocks, labels(count), classNames);
    }

    // Pixels of C channels become C planes.
    private void Separate(ReadOnlySpan<byte> source, Span<byte> target)
    {
        var (channels, plane) = (shape.Channels, target.Length / shape.Channels);
        for (var channel = 0; channel < channels; channel++)
        {
            var values = target.Slice(channel * plane, plane);
            for (var i = 0; i < plane; i++)
                values[i] = source[i * channels + channel];
        }
    }

    private void Frame(ReadOnlySpan<byte> source, Span<byte> target)
    {
        target.Clear();
        for (var row = 0; row < shape.Channels * shape.Height; row++)
        {
            var (channel, y) = (row / shape.Height, row % shape.Height);
            var at = (channel * framed.Height + y + margin) * framed.Width + margin;
            source.Slice(row * shape.Width, shape.Width).CopyTo(target[at..]);
        }
    }

    private ImageLayout Derive() => (input.Form.Sizes[1] is 1 or 3, input.Form.Sizes[3] is 1 or 3) switch
    {
        (true, false) => ImageLayout.ChannelsFirst,
        (false, true) => ImageLayout.ChannelsLast,
        _ => throw input.Refuse($"{input.Title} is {input.Form}, which does not show by 1 or 3 where the channels are: say the layout"),
    };
}
