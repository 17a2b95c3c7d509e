using Ddpm.Denoising;

namespace Ddpm;

/// <summary>How the network's output becomes x_0 and ε while sampling.</summary>
public sealed record PredictorOptions
{
    /// <summary>What the network is shown, told and asked for. ε by x_t and the step by default.</summary>
    public Parameterization Parameterization
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Parameterization));
    } = Parameterization.Epsilon;

    /// <summary>x_0 is clipped to ± this value, &gt; 0; null: not clipped. 1 is the paper's choice (Ho et al. 2020).</summary>
    public double? Clip
    {
        get;
        init => field = value is null or > 0
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Clip), value, "The range of x_0 must be above 0, or null.");
    } = 1;

    /// <summary>Dynamic thresholding, in place of <see cref="Clip"/>; null by default: none.</summary>
    public DynamicThreshold? Threshold { get; init; }
}
