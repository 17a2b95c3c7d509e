namespace Ddpm.Hosting;

/// <summary>A step of a request: what its images look like, in memory of .NET.</summary>
public sealed class GenerationFrame
{
    /// <summary>Steps done, from 1; a request of more images than a batch has them one batch after the other.</summary>
    public required int Step { get; init; }

    /// <summary>Steps in all.</summary>
    public required int Steps { get; init; }

    /// <summary>The step of the process that the images are at, falling to 0, then -1.</summary>
    public required double T { get; init; }

    /// <summary>The number of the first image shown, among those of the request.</summary>
    public required int First { get; init; }

    /// <summary>x_t, a picture an image.</summary>
    public required IReadOnlyList<Picture> Noisy { get; init; }

    /// <summary>What the network takes x_0 to be.</summary>
    public required IReadOnlyList<Picture> Estimates { get; init; }

    /// <summary>All images of the request, with the last frame; null before.</summary>
    public GeneratedImages? Result { get; init; }
}
