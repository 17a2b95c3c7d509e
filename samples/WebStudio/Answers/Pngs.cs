namespace Ddpm.Samples.WebStudio;

/// <summary>Pictures as files.</summary>
internal static class Pngs
{
    public static IReadOnlyList<byte[]> Of(IReadOnlyList<Picture> pictures) => [.. pictures.Select(picture => picture.EncodePng())];
}
