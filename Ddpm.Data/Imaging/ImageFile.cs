using Ddpm.Formats;

namespace Ddpm.Imaging;

/// <summary>One file that should be an image.</summary>
internal static class ImageFile
{
    /// <summary>Looks at its start: its format and its size.</summary>
    /// <exception cref="DataFormatException">It is no image, too large, or cannot be read.</exception>
    internal static void Check(string path, IImageCodec codec)
    {
        using var stream = Open(path);
        ImageBytes.Check(codec, stream, path);
    }

    /// <summary>Decodes it and brings it to a shape.</summary>
    /// <param name="path">The file.</param>
    /// <param name="destination">C · H · W bytes.</param>
    /// <param name="shape">C is 1 or 3.</param>
    /// <param name="fit">What becomes of other proportions.</param>
    /// <param name="codec">Decodes it.</param>
    /// <param name="budget">Memory for pixels is taken only while there is some of it.</param>
    /// <param name="cancellationToken">Looked at while there is none.</param>
    /// <exception cref="DataFormatException">It is no image, damaged, too large, or cannot be read.</exception>
    internal static void Load(
        string path, Memory<byte> destination, ImageShape shape, ImageFit fit, IImageCodec codec, PixelBudget budget,
        CancellationToken cancellationToken)
    {
        using var stream = Open(path);
        Load(stream, stream.Length, path, destination, shape, fit, codec, budget, cancellationToken);
    }

    /// <summary>The same of what an archive holds.</summary>
    /// <inheritdoc cref="Load(string, Memory{byte}, ImageShape, ImageFit, IImageCodec, PixelBudget, CancellationToken)"/>
    internal static void Load(
        Stream stream, long length, string name, Memory<byte> destination, ImageShape shape, ImageFit fit, IImageCodec codec, PixelBudget budget,
        CancellationToken cancellationToken)
    {
        long taken = 0;
        try
        {
            ImageBytes.Decode(codec, stream, length, name, Admit, image =>
            {
                image.CopyTo(destination.Span, shape, fit);
                return true;
            });
        }
        finally
        {
            budget.Return(taken);
        }

        void Admit(long pixels)
        {
            budget.Take(pixels, cancellationToken);
            taken = pixels;
        }
    }

    internal static bool IsBrokenLink(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true) is { Exists: false };
        }
        catch (IOException)
        {
            return true;        // links in a circle
        }
    }

    private static FileStream Open(string path)
    {
        try
        {
            // Opening a named pipe, which has no length either, would wait for somebody who writes into it.
            return new FileInfo(path) is { Exists: true, Length: 0 }
                ? throw new DataFormatException(path, null, "it must be an image, but is empty")
                : InputFile.Open(path);
        }
        catch (Exception fault) when (fault is (IOException and not DataFormatException) or UnauthorizedAccessException)
        {
            throw new DataFormatException(path, null,
                IsBrokenLink(path) ? "it must lead to an image, but is a link whose target is missing" : "it must be readable, but is not", fault);
        }
    }
}
