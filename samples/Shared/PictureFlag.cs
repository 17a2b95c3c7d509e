using System.CommandLine;

namespace Ddpm.Samples;

/// <summary>A flag that names a picture; without it a generated shape takes its place.</summary>
internal sealed class PictureFlag : Option<string?>
{
    private const int LeastShape = 8, LargestShape = 1024;
    private readonly int instead;

    /// <summary>Makes the flag.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">What the picture is for.</param>
    /// <param name="instead">Which generated shape takes its place.</param>
    public PictureFlag(string name, string description, int instead = 0)
        : base(name)
    {
        this.instead = instead;
        Description = description + " PNG, JPEG, BMP, GIF or WebP; by default a generated shape.";
        HelpName = "file";
        this.Refuse(path => File.Exists(path) ? null
            : $"{Name} must name a picture, but '{path}' is {(Directory.Exists(path) ? "a folder" : "no file")}.");
    }

    /// <summary>The picture, resized.</summary>
    /// <param name="options">The command line.</param>
    /// <param name="height">H in pixels.</param>
    /// <param name="width">W in pixels.</param>
    /// <param name="channels">1 or 3; null: as it is.</param>
    public Picture Of(ParseResult options, int height, int width, int? channels = null)
    {
        var picture = options.GetValue(this) is { } path
            ? Picture.Load(path)
            : Picture.Of(new ShapesReader(count: instead + 1, size: Math.Clamp(height, LeastShape, LargestShape)).Read(), instead);
        return picture.WithChannels(channels ?? picture.Channels).Resize(width, height);
    }
}
