namespace Ddpm;

/// <summary>Whether a network can be told what it would be told, and says what a sampler asks of it.</summary>
internal static class NetworkFit
{
    /// <summary>Step 0 is where the least is told; training and most samplers visit it.</summary>
    /// <exception cref="ArgumentException">The network would be told 0 or less, of which it takes the logarithm.</exception>
    internal static void CheckTold(INetworkLimits? network, DiffusionPath path, NetworkInput input) =>
        CheckTold(network, path.At(0), input.Told(path.At(0)));

    /// <summary>What it is told at a point.</summary>
    internal static void CheckTold(INetworkLimits? network, DiffusionPoint at, double told)
    {
        if (network is { NeedsTimeAboveZero: true } && !(told > 0))
            throw new ArgumentException(
                "A network with Fourier features of time takes the logarithm of what it is told, which must be above 0, "
                + FormattableString.Invariant($"but at t = {at.T} it is told {told}: ")
                + "tell it the noise level, as NetworkInput.Rho does, or another NetworkInput.Told.");
    }

    /// <summary>A learned variance is in the network's second C channels.</summary>
    /// <exception cref="ArgumentException">The sampler asks for one, and the network has none.</exception>
    internal static void CheckVariance(INetworkLimits? network, ISampler sampler, int channels)
    {
        if (network is not null && sampler is AncestralSampler { Variance: var variance } && Ancestry.IsLearned(variance)
            && network.ReturnedChannels != 2 * channels)
            throw new ArgumentException(Ancestry.NeedsChannels(variance));
    }
}
