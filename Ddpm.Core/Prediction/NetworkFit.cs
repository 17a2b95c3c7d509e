namespace Ddpm;

/// <summary>Whether a network can be told what it would be told, and says what a sampler asks of it.</summary>
internal static class NetworkFit
{
    /// <summary>Looks at both ends of the process: training and most samplers visit them.</summary>
    /// <exception cref="ArgumentException">The network would be told what it does not take, or a number that is not finite.</exception>
    internal static void CheckTold(IDenoiser denoiser, DiffusionPath path, NetworkInput input) => CheckTold(denoiser as INetworkLimits, path, input);

    /// <inheritdoc cref="CheckTold(IDenoiser, DiffusionPath, NetworkInput)"/>
    internal static void CheckTold(INetworkLimits? network, DiffusionPath path, NetworkInput input)
    {
        _ = Told(network, path.At(0), input);
        _ = Told(network, path.At(path.Steps - 1), input);
    }

    /// <summary>What it is told at a point.</summary>
    /// <inheritdoc cref="CheckTold(IDenoiser, DiffusionPath, NetworkInput)"/>
    internal static double Told(INetworkLimits? network, DiffusionPoint at, NetworkInput input)
    {
        var told = input.Told(at);
        if (input.Divisor(at) == 0)
            throw Fault("x cannot be divided by 0", "that is what it is divided by: pure noise needs another " + nameof(NetworkInput));
        // A formula may know what to do where ρ is infinite; a network makes of it what is not a number.
        if (double.IsNaN(told) || (network is not null && double.IsInfinity(told)))
            throw Fault("What a network is told must be finite", FormattableString.Invariant($"it is told {told}"));
        return network?.FaultOfTime(told) is { } rule ? throw Fault(rule, FormattableString.Invariant($"it is told {told}")) : told;

        ArgumentException Fault(string rule, string found) =>
            new(FormattableString.Invariant($"{rule}, but at t = {at.T}") + (at.Alpha == 0 ? ", where alpha is 0, " : " ") + found + ".");
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
