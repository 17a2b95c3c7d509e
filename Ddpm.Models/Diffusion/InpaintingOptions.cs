using Ddpm.Samplers;

namespace Ddpm;

/// <summary>
/// How much the new part of an image is made to fit the known one (Lugmayr et al. 2022, section 4.2), and what it costs: about
/// <see cref="Resamplings"/> times the sampler's evaluations of the network. The defaults take about 400 with a sampler that asks once a step;
/// <see cref="Paper"/> takes 2,500.
/// </summary>
public sealed record InpaintingOptions
{
    /// <summary>The paper's: j = 10 and r = 10 for a sampler of 250 steps.</summary>
    public static InpaintingOptions Paper { get; } = new() { Resamplings = 10, MaximumSteps = 250 };

    /// <summary>j, ≥ 1: steps of the sampler in a stretch that is repeated. 10 by default.</summary>
    public int JumpLength { get; init => field = AtLeast1(value, nameof(JumpLength)); } = 10;

    /// <summary>r, ≥ 1: how often every stretch is taken; the time grows with it. 4 by default; 1: no repetition.</summary>
    public int Resamplings { get; init => field = AtLeast1(value, nameof(Resamplings)); } = 4;

    /// <summary>
    /// Most steps of the diffusion's own sampler, ≥ 1: one with more takes this many, of the same spacing
    /// (<see cref="TimestepSpacing.WithCount"/>). null: no limit. 100 by default. A sampler that is given
    /// (<see cref="SamplingOptions.Sampler"/>), or that has no spacing, is taken as it is.
    /// </summary>
    public int? MaximumSteps { get; init => field = value is { } steps ? AtLeast1(steps, nameof(MaximumSteps)) : null; } = 100;

    /// <summary>The sampler of a run.</summary>
    /// <param name="given">The caller's; null: none.</param>
    /// <param name="own">The diffusion's.</param>
    /// <param name="path">The process.</param>
    internal ISampler SamplerOf(ISampler? given, ISampler own, DiffusionPath path)
    {
        var sampler = given ?? (own is GridSampler grid && MaximumSteps is { } most && grid.Points(path).Length > most
            ? grid with { Spacing = grid.Spacing.WithCount(most, path) }
            : own);
        return Resamplings > 1 ? new ResamplingSampler(sampler, JumpLength, Resamplings) : sampler;
    }

    private static int AtLeast1(int value, string name) =>
        value >= 1 ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be at least 1.");
}
