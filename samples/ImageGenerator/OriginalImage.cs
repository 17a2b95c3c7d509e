using Microsoft.Extensions.AI;

namespace Ddpm.Samples;

/// <summary>The picture that a request wants changed.</summary>
internal static class OriginalImage
{
    private const int MostBytes = 20 << 20;

    /// <returns>null: there is none.</returns>
    /// <exception cref="ArgumentException">There are several, or it is no picture, or only an address.</exception>
    internal static Picture? Of(ImageGenerationRequest request)
    {
        AIContent[] given = [.. request.OriginalImages ?? []];
        if (given.Length == 0)
            return null;
        if (given is not [DataContent { Data: var bytes }])
            throw new ArgumentException(
                given.Length > 1 ? $"There must be one original image at most, but there are {given.Length}."
                : $"An original image must be data, and nothing is fetched from elsewhere, but it is {given[0].GetType().Name}.", nameof(request));
        if (bytes.Length > MostBytes)
            throw new ArgumentException($"An original image must have at most {MostBytes} bytes, but has {bytes.Length}.", nameof(request));
        try
        {
            return Picture.Decode(bytes);
        }
        catch (DataFormatException fault)
        {
            throw new ArgumentException($"The original image cannot be read: {fault.Message}", nameof(request), fault);
        }
    }
}
