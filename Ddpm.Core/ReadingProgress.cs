namespace Ddpm;

/// <summary>Where the reading of a data set stands.</summary>
/// <param name="Done">Images read, from 1.</param>
/// <param name="Total">Images in all.</param>
/// <param name="Elapsed">Since the reading began.</param>
public sealed record ReadingProgress(int Done, int Total, TimeSpan Elapsed)
{
    /// <summary>Images a second.</summary>
    public double ImagesPerSecond => Done / Elapsed.TotalSeconds;

    /// <summary>What the rest will take at the rate so far.</summary>
    public TimeSpan Remaining => Elapsed / Done * (Total - Done);
}
