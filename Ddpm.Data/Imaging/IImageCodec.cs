using System.Buffers;

namespace Ddpm;

/// <summary>
/// What turns image files into pixels and back. The default is <see cref="SkiaImageCodec"/>; readers and pictures take another one.
/// </summary>
/// <remarks>
/// The library reads the file, asks for the size, and has pixels decoded only of a size within <see cref="Picture.MaximumPixels"/>: the limit holds
/// for every codec that decodes no more than its header says. A codec is used on several threads at once.
/// </remarks>
public interface IImageCodec
{
    /// <summary>Reads the size of an image from the start of its file, without memory for its pixels.</summary>
    /// <param name="file">The whole file, or at least the first 64 KiB of a longer one.</param>
    /// <exception cref="InvalidDataException">The bytes are no image of a format that this codec knows, or are damaged. The message is the rule that
    /// they break, as a sentence; the library adds the file's name.</exception>
    ImageHeader ReadHeader(ReadOnlyMemory<byte> file);

    /// <summary>Decodes the first picture of a file.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="header">What <see cref="ReadHeader"/> said of this file; the size is within the limits.</param>
    /// <returns>H rows of W pixels of four bytes: red, green, blue, alpha (not premultiplied), as stored: without turning the picture, and without
    /// applying a colour profile. More bytes may follow; they are not looked at. The library disposes the memory as soon as it has used it.</returns>
    /// <exception cref="InvalidDataException">The file is damaged or cut, or its picture has another size than the header says.</exception>
    IMemoryOwner<byte> Decode(ReadOnlyMemory<byte> file, ImageHeader header);

    /// <summary>Encodes a picture as PNG, 8 bits a channel, without loss: one channel if the picture has one, else three.</summary>
    byte[] EncodePng(Picture picture);
}
