using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>One step between two points as a draw from q(x' | x, x_0).</summary>
internal static class Ancestry
{
    /// <summary>The variance of x' given x and x_0: σ'² (1 - (σ'α/(α'σ))²), between neighbouring steps equation (7)'s β̃ of Ho et al. 2020.</summary>
    internal static double Posterior(DiffusionPoint from, DiffusionPoint to) => to.Sigma * to.Sigma * Math.Max(1 - Kept(from, to), 0);

    /// <summary>
    /// The factor of x_0 in the mean of x' given x and x_0: α' (1 - (σ'α/(α'σ))²), between neighbouring steps equation (7)'s √ᾱ' β/(1-ᾱ); 1 in a step
    /// to the data.
    /// </summary>
    internal static double ShareOfX0(DiffusionPoint from, DiffusionPoint to) => to.Alpha * Math.Max(1 - Kept(from, to), 0);

    /// <summary>β of the step: 1 - ᾱ/ᾱ'.</summary>
    internal static double Beta(DiffusionPoint from, DiffusionPoint to) => 1 - from.Alpha * from.Alpha / (to.Alpha * to.Alpha);

    /// <summary>
    /// ln σ² of the reverse step by the network's second C channels (Nichol and Dhariwal 2021, equation 15) or, of a fixed kind, without them.
    /// </summary>
    /// <param name="variance">Which kind.</param>
    /// <param name="channels">Needed for the learned kinds.</param>
    /// <param name="small">ln β̃.</param>
    /// <param name="large">ln β.</param>
    /// <exception cref="InvalidOperationException">The variance is a learned one, but the network has no second C channels.</exception>
    internal static Tensor LogVariance(AncestralVariance variance, Tensor? channels, Tensor small, Tensor large) => variance switch
    {
        AncestralVariance.FixedSmall => small.alias(),
        AncestralVariance.FixedLarge => large.alias(),
        AncestralVariance.LearnedRange => (Learned(variance, channels) + 1) / 2 * (large - small) + small,
        AncestralVariance.LearnedLogarithm => Learned(variance, channels).alias(),
        _ => Learned(variance, channels).log(),
    };

    /// <summary>The same of a learned kind, for a step that all images take.</summary>
    internal static Tensor LogVariance(AncestralVariance variance, Tensor? channels, double small, double large) => variance switch
    {
        AncestralVariance.LearnedRange => (Learned(variance, channels) + 1) / 2 * (large - small) + small,
        AncestralVariance.LearnedLogarithm => Learned(variance, channels).alias(),
        _ => Learned(variance, channels).log(),
    };

    /// <summary>Whether the network says the variance.</summary>
    internal static bool IsLearned(AncestralVariance variance) => variance is not (AncestralVariance.FixedSmall or AncestralVariance.FixedLarge);

    /// <summary>The rule that a network of C channels breaks.</summary>
    internal static string NeedsChannels(AncestralVariance variance) =>
        $"The variance {variance} needs a network that returns [N, 2C, H, W], but this one returns [N, C, H, W].";

    private static Tensor Learned(AncestralVariance variance, Tensor? channels) =>
        channels ?? throw new InvalidOperationException(NeedsChannels(variance));

    // The share of the noise in x that is that in x', as a part of the variance: the signal-to-noise ratio of x by that of x'.
    private static double Kept(DiffusionPoint from, DiffusionPoint to)
    {
        var kept = to.Sigma * from.Alpha / (to.Alpha * from.Sigma);
        return kept * kept;
    }
}
