using Ddpm.Formats;
using Ddpm.Imaging;

namespace Ddpm;

/// <summary>Pictures that are shown one after the other, over and over: how images come out of noise, as a file that browsers show.</summary>
/// <param name="frameTime">How long a picture is shown where nothing else is said: 1 ms to 60 s, in whole milliseconds.</param>
public sealed class PictureAnimation(TimeSpan frameTime)
{
    /// <summary>The longest edge of an animation's pictures, in pixels: that of the WebP format.</summary>
    public const int MaximumEdge = 16_383;

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1), Longest = TimeSpan.FromMinutes(1);
    private readonly TimeSpan usual = Checked(frameTime, nameof(frameTime));
    private readonly List<Picture> pictures = [];
    private readonly List<TimeSpan> times = [];

    /// <summary>The pictures so far, all of one shape.</summary>
    public IReadOnlyList<Picture> Pictures => pictures;

    /// <summary>How long each is shown.</summary>
    public IReadOnlyList<TimeSpan> Times => times;

    /// <summary>Adds a picture at the end.</summary>
    /// <param name="picture">Of the shape of those before, with edges of at most <see cref="MaximumEdge"/>.</param>
    /// <param name="time">How long it is shown; null: as long as the others. A last picture that stays for a second or two can be looked at.</param>
    /// <exception cref="ArgumentException">The picture has another shape, or is too large; or all pictures together would be over
    /// <see cref="Picture.MaximumPixels"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The time is out of range.</exception>
    public void Add(Picture picture, TimeSpan? time = null)
    {
        ArgumentNullException.ThrowIfNull(picture);
        if (pictures.Count > 0 && picture.Shape != pictures[0].Shape)
            throw new ArgumentException(
                $"The pictures of an animation must have one shape, but the first is {pictures[0].Shape} (C x H x W) and this {picture.Shape}.",
                nameof(picture));
        if (Math.Max(picture.Height, picture.Width) > MaximumEdge)
            throw new ArgumentException(
                $"The pictures of an animation must have at most {MaximumEdge} pixels an edge, but this is {picture.Width} x {picture.Height}.",
                nameof(picture));
        if ((pictures.Count + 1L) * picture.Height * picture.Width > Picture.MaximumPixels)
            throw new ArgumentException(
                $"An animation has at most {Picture.MaximumPixels} pixels in all, but would have {pictures.Count + 1} pictures of "
                + $"{picture.Width} x {picture.Height}.",
                nameof(picture));
        var shown = time is { } given ? Checked(given, nameof(time)) : usual;
        pictures.Add(picture);
        times.Add(shown);
    }

    /// <summary>
    /// Writes an animated WebP file, without loss; its folder is made if it is not there. If anything fails, an older file stays as it was.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is no picture, or SkiaSharp's native library is missing.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SaveWebp(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        OutputFile.Write(path, EncodeWebp());
    }

    /// <summary>The bytes of an animated WebP file, without loss. Equal pictures in a row become one that is shown as long.</summary>
    /// <exception cref="InvalidOperationException">There is no picture, or SkiaSharp's native library is missing.</exception>
    public byte[] EncodeWebp() => pictures.Count > 0
        ? SkiaAnimation.Encode(pictures, times)
        : throw new InvalidOperationException("An animation must have at least one picture, but has none.");

    private static TimeSpan Checked(TimeSpan time, string name) => time >= Shortest && time <= Longest && time.Ticks % Shortest.Ticks == 0
        ? time
        : throw new ArgumentOutOfRangeException(
            name, time, $"A picture must be shown for {Shortest} to {Longest}, in whole milliseconds.");
}
