namespace Ddpm;

/// <summary>
/// How much the new part of an image is made to fit the known one (Lugmayr et al. 2022, section 4.2).
/// The defaults are theirs, for a sampler of 250 steps.
/// </summary>
public sealed record InpaintingOptions
{
    private readonly int jumpLength = 10, resamplings = 10;

    /// <summary>j, ≥ 1: steps of the sampler in a stretch that is repeated. 10 by default.</summary>
    public int JumpLength
    {
        get => jumpLength;
        init => jumpLength = value >= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(JumpLength), value, "The jump length must be at least 1.");
    }

    /// <summary>r, ≥ 1: how often every stretch is taken; the time grows with it. 10 by default; 1: no repetition.</summary>
    public int Resamplings
    {
        get => resamplings;
        init => resamplings = value >= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Resamplings), value, "Resamplings must be at least 1.");
    }
}
