using System.Buffers;

namespace Ddpm.Imaging;

/// <summary>Image files, read whole and given to a codec; every limit is kept here, before memory is taken.</summary>
internal static class ImageBytes
{
    internal const int MaximumFile = 1 << 29;
    private const int HeadBytes = 1 << 16, LargestPooled = 1 << 22;

    /// <summary>Looks at the start of a file: its format and its size.</summary>
    /// <exception cref="DataFormatException">It is no image, or too large.</exception>
    internal static void Check(IImageCodec codec, FileStream file, string name)
    {
        if (file.Length > HeadBytes && WithBytes(file, HeadBytes, name, head => IsEnough(codec, head, name)))
            return;
        file.Position = 0;
        WithBytes(file, file.Length, name, whole => HeaderOf(codec, whole, name));
    }

    /// <summary>Decodes an image and gives its memory back.</summary>
    /// <param name="codec">Knows the format.</param>
    /// <param name="file">At its start.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="admit">Told the number of pixels before memory is taken for them.</param>
    /// <param name="use">Makes of it what is wanted.</param>
    internal static T Decode<T>(IImageCodec codec, Stream file, long length, string name, Action<long> admit, UseOfImage<T> use) =>
        WithBytes(file, length, name, bytes => Decode(codec, bytes, name, admit, use));

    /// <summary>The same of bytes in memory.</summary>
    internal static T Decode<T>(IImageCodec codec, ReadOnlyMemory<byte> file, string name, Action<long> admit, UseOfImage<T> use)
    {
        var header = HeaderOf(codec, file, name);
        admit((long)header.Width * header.Height);
        using var pixels = Ask(() => codec.Decode(file, header), name);
        var values = pixels.Memory.Span;
        var length = 4 * header.Width * header.Height;
        return values.Length >= length
            ? use(new(header.Width, header.Height, values[..length], header.IsGray, header.Orientation))
            : throw new InvalidOperationException(
                $"{codec.GetType().Name} must decode {length} bytes of {header.Width} x {header.Height} pixels, but gave {values.Length}.");
    }

    /// <summary>What a data set's fingerprint says of the codec: nothing of the default. Pixels of another one may be others.</summary>
    internal static string Mark(IImageCodec codec) => codec is SkiaImageCodec ? "" : $" {codec.GetType().FullName}";

    private static ImageHeader HeaderOf(IImageCodec codec, ReadOnlyMemory<byte> file, string name)
    {
        var header = Ask(() => codec.ReadHeader(file), name);
        if (header.Orientation is < 1 or > 8)
            throw new InvalidOperationException($"{codec.GetType().Name} must say an orientation of 1 to 8, but says {header.Orientation}.");
        return header is { Width: >= 1, Height: >= 1 } && (long)header.Width * header.Height <= Picture.MaximumPixels
            ? header
            : throw new DataFormatException(
                name, null, $"an image must have 1 to {Picture.MaximumPixels} pixels, but it says {header.Width} x {header.Height}");
    }

    private static bool IsEnough(IImageCodec codec, ReadOnlyMemory<byte> head, string name)
    {
        try
        {
            HeaderOf(codec, head, name);
            return true;
        }
        catch (DataFormatException fault) when (fault.InnerException is InvalidDataException)
        {
            return false;
        }
    }

    private static T Ask<T>(Func<T> codec, string name)
    {
        try
        {
            return codec();
        }
        catch (InvalidDataException fault)
        {
            throw new DataFormatException(name, null, fault.Message.TrimEnd('.'), fault);
        }
    }

    private static T WithBytes<T>(Stream file, long length, string name, Func<ReadOnlyMemory<byte>, T> use)
    {
        if (length > MaximumFile)
            throw new DataFormatException(name, null, $"an image file must be at most {MaximumFile} bytes, but has {length}");
        var isPooled = length <= LargestPooled;
        var bytes = isPooled ? ArrayPool<byte>.Shared.Rent((int)length) : GC.AllocateUninitializedArray<byte>((int)length);
        try
        {
            Fill(file, bytes.AsSpan(0, (int)length), name);
            return use(bytes.AsMemory(0, (int)length));
        }
        finally
        {
            if (isPooled)
                ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private static void Fill(Stream file, Span<byte> bytes, string name)
    {
        try
        {
            file.ReadExactly(bytes);
        }
        catch (IOException fault) when (fault is not DataFormatException)
        {
            throw new DataFormatException(name, null, $"all of its {bytes.Length} bytes must be readable, but are not", fault);
        }
    }
}
