namespace Ddpm.Networks;

/// <summary>How the step t becomes the features that the time embedding's linear layers see.</summary>
public enum TimeEmbeddingKind
{
    /// <summary>Sines and cosines of t times a falling row of frequencies (Vaswani et al. 2017); the paper's.</summary>
    Sinusoidal,

    /// <summary>
    /// [sin, cos] of 2π ln(t) w, with w drawn once and not trained (Tancik et al. 2020; Song et al. 2021).
    /// The output is divided by t, so t must be above 0.
    /// </summary>
    Fourier,

    /// <summary>A trained row for each whole step.</summary>
    Learned,
}
