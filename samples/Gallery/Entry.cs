using static TorchSharp.torch;

namespace Ddpm.Samples;

/// <summary>One cell of the gallery.</summary>
/// <param name="Sampler">Its name.</param>
/// <param name="Steps">How many were asked for.</param>
internal sealed record Entry(string Sampler, int Steps)
{
    /// <summary>[N, C, H, W]; null where the sampler does not fit.</summary>
    public Tensor? Images { get; init; }

    /// <summary>How often the network was asked.</summary>
    public int Evaluations { get; init; }

    /// <summary>What all images took.</summary>
    public TimeSpan Time { get; init; }

    /// <summary>Root mean square of the difference from the reference, over all values; these go from -1 to 1.</summary>
    public double Distance { get; init; }

    /// <summary>Whether noise was drawn after the start, so that no image is the right one.</summary>
    public bool IsStochastic { get; init; }

    /// <summary>Why there are no images.</summary>
    public string? Reason { get; init; }
}
