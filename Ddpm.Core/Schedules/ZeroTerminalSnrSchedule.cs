using Ddpm.Samplers;

namespace Ddpm.Schedules;

/// <summary>
/// Another schedule whose last step is pure noise, ᾱ = 0 (Lin et al. 2024, algorithm 1): √ᾱ is shifted to 0 at the end and scaled to keep its first
/// value.
/// The network must predict v or x_0; <see cref="TimestepSpacing.Trailing"/> begins at the last step.
/// </summary>
public sealed record ZeroTerminalSnrSchedule : INoiseSchedule
{
    /// <summary>Rescales a schedule.</summary>
    /// <param name="inner">Two steps or more.</param>
    /// <exception cref="ArgumentException">It has too few steps, or betas out of range.</exception>
    public ZeroTerminalSnrSchedule(INoiseSchedule inner)
    {
        var path = new DiffusionPath(inner);
        if (path.Steps < 2)
            throw new ArgumentException($"A schedule with zero terminal SNR must have at least 2 steps, but has {path.Steps}.", nameof(inner));
        var (first, last) = (path.At(0).Alpha, path.At(path.Steps - 1).Alpha);
        var betas = new double[path.Steps];
        var previous = 1.0;
        for (var t = 0; t < betas.Length; t++)
        {
            var α = (path.At(t).Alpha - last) * first / (first - last);
            betas[t] = 1 - α * α / (previous * previous);
            previous = α;
        }
        Inner = inner;
        Betas = EquatableList.Of(betas);
    }

    /// <summary>The schedule that was rescaled.</summary>
    public INoiseSchedule Inner { get; }

    /// <inheritdoc/>
    public IReadOnlyList<double> Betas { get; }

    /// <summary>The inner schedule's, and that it was rescaled.</summary>
    public override string ToString() => $"{Inner}, rescaled to zero terminal SNR";
}
