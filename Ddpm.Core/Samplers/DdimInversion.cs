namespace Ddpm.Samplers;

/// <summary>
/// DDIM backwards: from an image to the noise that <see cref="DdimSampler"/> (η = 0) leads back to about that image, for editing and for comparing
/// images by their noise.
/// It starts from <see cref="SamplingStart.FromImage"/>. In each step the network is told the step that it leads to; without clipping it is most
/// exact.
/// </summary>
public sealed record DdimInversion : GridSampler
{
    /// <summary>Makes the sampler.</summary>
    /// <param name="steps">How many steps; multiples of ⌊T/n⌋ unless <see cref="GridSampler.Spacing"/> says otherwise.</param>
    public DdimInversion(int steps = 50)
        : base(TimestepSpacing.Leading(steps))
    {
    }

    /// <summary>
    /// Whether to encode as Dhariwal and Nichol's program does: the image is taken to be at the first step already, the network is told where x is,
    /// and the last step
    /// leads to pure noise. No by default.
    /// </summary>
    public bool FromFirstStep { get; init; }

    private protected override void CheckStart(SamplingStart start)
    {
        if (!start.IsImage)
            throw new ArgumentException(
                "Inversion must start from an image (SamplingStart.FromImage), but starts from noise or a noised image.", nameof(start));
    }

    private protected override IRecipe Plan(DiffusionPath path, SamplingStart start)
    {
        var rising = Spacing.Select(path, matchDiffusers: MatchesDiffusers).Reverse().ToArray();
        if (FromFirstStep)
            return new AncestralRecipe(Pairs([.. rising, new DiffusionPoint(path.Steps, 0, 1)])) { KeepEpsilon = true };
        var from = rising.Prepend(Last(path));
        if (MatchesDiffusers)
            from = rising.Select(to => (int)to.T - path.Steps / rising.Length is >= 0 and var t ? path.At(t) : Last(path));
        return new AncestralRecipe([.. from.Zip(rising, (at, to) => (at with { T = to.T }, to))]) { KeepEpsilon = true };
    }
}
