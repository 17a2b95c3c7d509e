using Ddpm.Samplers;

namespace Ddpm.Samples;

/// <summary>The reverse process as an animation: every image of a frame, in at most fifty frames, and the finished ones for two seconds.</summary>
/// <param name="scale">Pixels become squares of this edge.</param>
/// <param name="gap">White pixels between images.</param>
internal sealed class Film(int scale, int gap)
{
    private const int MostFrames = 50;
    private static readonly TimeSpan Last = TimeSpan.FromSeconds(2);

    private int? frames;

    public PictureAnimation Animation { get; } = new(TimeSpan.FromMilliseconds(60));

    /// <summary>Adds a frame of a run, if it is one of those that are shown: fewer of large images.</summary>
    public void Add(SamplingFrame frame)
    {
        if (frames is { } chosen && !IsShown(frame, chosen))
            return;
        var columns = (int)Math.Ceiling(Math.Sqrt(frame.X.shape[0]));
        var picture = PictureGrid.Grid(frame.X, columns, scale, gap);
        frames ??= Math.Clamp(Picture.MaximumPixels / (picture.Height * picture.Width), 1, MostFrames);
        if (IsShown(frame, frames.Value))
            Animation.Add(picture, frame.IsLast ? Last : null);
    }

    /// <summary>Writes the animation.</summary>
    /// <returns>Where.</returns>
    public string Save(string path)
    {
        Animation.SaveWebp(path);
        return path;
    }

    // Evenly spread; the last one is the image.
    private static bool IsShown(SamplingFrame frame, int frames)
    {
        var shown = Math.Min(frames, frame.Steps);
        return (frame.Step + 1L) * shown / frame.Steps > (long)frame.Step * shown / frame.Steps;
    }
}
