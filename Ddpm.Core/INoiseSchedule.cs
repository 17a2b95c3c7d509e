namespace Ddpm;

/// <summary>How much noise each step of the forward process adds. Everything else (ᾱ, SNR, posterior variances) follows from it.</summary>
public interface INoiseSchedule
{
    /// <summary>β for every step, each in (0, 1), the last also 1; index 0 is the paper's t = 1 (Ho et al. 2020, section 2).</summary>
    IReadOnlyList<double> Betas { get; }
}
