namespace Ddpm.Samples;

/// <summary>An image in the page itself.</summary>
internal static class PagePicture
{
    private const int LongestEdge = 128;

    /// <summary>Large ones are made smaller, so that the page stays one of a few megabytes.</summary>
    public static Html Of(IImageDataset images, int index, string words)
    {
        var picture = Picture.Of(images, index);
        var edge = Math.Max(picture.Width, picture.Height);
        if (edge > LongestEdge)
            picture = picture.Resize(Math.Max(1, picture.Width * LongestEdge / edge), Math.Max(1, picture.Height * LongestEdge / edge));
        var data = Convert.ToBase64String(picture.EncodePng());
        return new($"""<img src="data:image/png;base64,{data}" width="{picture.Width}" height="{picture.Height}" alt="{words}">""");
    }
}
