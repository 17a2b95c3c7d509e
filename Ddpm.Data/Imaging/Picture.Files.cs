using Ddpm.Formats;
using Ddpm.Imaging;

namespace Ddpm;

/// <content>Files, streams and bytes.</content>
public sealed partial class Picture
{
    private const string StreamName = "the stream", BytesName = "the bytes";

    /// <summary>
    /// Reads the first picture of an image file, transparency on white, turned as EXIF says: by default of PNG, JPEG, BMP, GIF or WebP.
    /// </summary>
    /// <param name="path">The file; its content counts, not its extension.</param>
    /// <param name="codec">Decodes; null: <see cref="SkiaImageCodec"/>.</param>
    /// <returns>One channel if the file is stored as gray, else three.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DataFormatException">The file is of no format that the codec knows, damaged, or over <see cref="MaximumPixels"/>.</exception>
    public static Picture Load(string path, IImageCodec? codec = null)
    {
        using var file = InputFile.Open(path);
        return ImageBytes.Decode(codec ?? SkiaImageCodec.Default, file, file.Length, path, _ => { }, image => image.ToPicture());
    }

    /// <summary>
    /// Reads an image file from a stream, from where the stream stands to its end, as <see cref="Load(string, IImageCodec?)"/> does.
    /// </summary>
    /// <param name="stream">At most 512 MiB; it stays open.</param>
    /// <param name="codec">Decodes; null: <see cref="SkiaImageCodec"/>.</param>
    /// <exception cref="DataFormatException">The content is of no format that the codec knows, damaged, too long, or over
    /// <see cref="MaximumPixels"/>.</exception>
    public static Picture Read(Stream stream, IImageCodec? codec = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var bytes = new MemoryStream();
        var name = stream is FileStream file ? file.Name : StreamName;
        using var limited = new BoundedStream(stream, ImageBytes.MaximumFile + 1L);
        limited.CopyTo(bytes);
        return bytes.Length <= ImageBytes.MaximumFile
            ? Decode(bytes.GetBuffer().AsMemory(0, (int)bytes.Length), name, codec)
            : throw new DataFormatException(name, null, $"an image file must be at most {ImageBytes.MaximumFile} bytes, but has more");
    }

    /// <summary>Decodes an image file that lies in memory, as <see cref="Load(string, IImageCodec?)"/> does.</summary>
    /// <param name="file">The bytes of the file.</param>
    /// <param name="codec">Decodes; null: <see cref="SkiaImageCodec"/>.</param>
    /// <exception cref="DataFormatException">The bytes are of no format that the codec knows, damaged, or over
    /// <see cref="MaximumPixels"/>.</exception>
    public static Picture Decode(ReadOnlyMemory<byte> file, IImageCodec? codec = null) => Decode(file, BytesName, codec);

    /// <summary>
    /// Writes a PNG file of 8 bits a channel; its folder is made if it is not there. If anything fails, an older file stays as it was.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="codec">Encodes; null: <see cref="SkiaImageCodec"/>.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SavePng(string path, IImageCodec? codec = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        OutputFile.Write(path, EncodePng(codec));
    }

    /// <summary>Writes a PNG of 8 bits a channel into a stream, which stays open.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="codec">Encodes; null: <see cref="SkiaImageCodec"/>.</param>
    public void WritePng(Stream stream, IImageCodec? codec = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        stream.Write(EncodePng(codec));
    }

    /// <summary>The bytes of a PNG file of 8 bits a channel.</summary>
    /// <param name="codec">Encodes; null: <see cref="SkiaImageCodec"/>.</param>
    public byte[] EncodePng(IImageCodec? codec = null) => (codec ?? SkiaImageCodec.Default).EncodePng(this);

    private static Picture Decode(ReadOnlyMemory<byte> file, string name, IImageCodec? codec) =>
        ImageBytes.Decode(codec ?? SkiaImageCodec.Default, file, name, _ => { }, image => image.ToPicture());
}
