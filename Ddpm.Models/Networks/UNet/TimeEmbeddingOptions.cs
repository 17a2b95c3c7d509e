namespace Ddpm.Networks;

/// <summary>How a <see cref="UNet"/> is told the step t. The defaults are the paper's.</summary>
public sealed record TimeEmbeddingOptions
{
    /// <summary>What becomes of t. Sinusoidal by default.</summary>
    public TimeEmbeddingKind Kind { get; init; }

    /// <summary>
    /// Features of t, ≥ 2 (for Fourier: the number of w, each of which gives a sine and a cosine); null: the width of the first convolution.
    /// </summary>
    public int? Features { get; init; }

    /// <summary>Width of both linear layers, ≥ 1; null: four times the features.</summary>
    public int? Width { get; init; }

    /// <summary>Sinusoidal: cosines before sines. No by default, as in the paper's code.</summary>
    public bool CosineFirst { get; init; }

    /// <summary>Sinusoidal: the frequencies are 10000^(-i/(half - shift)), i from 0 to half - 1. 1 by default, so that the last is 1/10000.</summary>
    public double FrequencyShift { get; init; } = 1;

    /// <summary>Learned: how many steps have a row, 1 to 1,000,000. 1,000 by default.</summary>
    public int Steps { get; init; } = 1000;
}
