using Ddpm.Parameterizations;

namespace Ddpm.Networks;

/// <summary>Whether a network can be told what it would be told, and says what is asked of it.</summary>
internal static class NetworkFit
{
    /// <summary>Looks at both ends of the process: training and most samplers visit them.</summary>
    /// <exception cref="ArgumentException">The network would be told what it does not take, or a number that is not finite.</exception>
    internal static void CheckTime(NetworkTraits traits, bool isNetwork, DiffusionPath path, Parameterization parameterization)
    {
        _ = Time(traits, isNetwork, path.At(0), parameterization);
        _ = Time(traits, isNetwork, path.At(path.Steps - 1), parameterization);
    }

    /// <inheritdoc cref="CheckTime(NetworkTraits, bool, DiffusionPath, Parameterization)"/>
    internal static void CheckTime(IDenoiser denoiser, DiffusionPath path, Parameterization parameterization) =>
        CheckTime(denoiser.Traits, denoiser.Network is not null, path, parameterization);

    /// <summary>What it is told at a point.</summary>
    /// <exception cref="ArgumentException">The network does not take it, or it is not finite.</exception>
    internal static double Time(IDenoiser denoiser, DiffusionPoint at, Parameterization parameterization) =>
        Time(denoiser.Traits, denoiser.Network is not null, at, parameterization);

    private static double Time(NetworkTraits traits, bool isNetwork, DiffusionPoint at, Parameterization parameterization)
    {
        var time = parameterization.Time(at);
        if (parameterization.InputDivisor(at) == 0)
            throw Fault("x cannot be divided by 0", "that is what it is divided by: pure noise needs another " + nameof(InputScaling));
        // A formula may know what to do where ρ is infinite; a network makes of it what is not a number.
        if (double.IsNaN(time) || (isNetwork && double.IsInfinity(time)))
            throw Fault("What a network is told must be finite", FormattableString.Invariant($"it is told {time}"));
        return traits.Time is { } range && !range.Contains(time) ? throw Fault(range.Rule, FormattableString.Invariant($"it is told {time}")) : time;

        ArgumentException Fault(string rule, string found) =>
            new(FormattableString.Invariant($"{rule}, but at t = {at.T}") + (at.Alpha == 0 ? ", where alpha is 0, " : " ") + found + ".");
    }

    /// <summary>A learned variance is in the network's second C channels.</summary>
    /// <exception cref="ArgumentException">The variance is said to be learned, and the network has none.</exception>
    internal static void CheckVariance(NetworkTraits traits, Parameterization parameterization, int channels)
    {
        if (parameterization.Variance != LearnedVariance.None && traits.OutputChannels is { } returned && returned != 2 * channels)
            throw new ArgumentException(parameterization.NeedsChannels);
    }
}
