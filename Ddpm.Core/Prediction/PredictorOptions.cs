namespace Ddpm;

/// <summary>How the network's output becomes x_0 and ε.</summary>
public sealed record PredictorOptions
{
    private readonly double? clip = 1;

    /// <summary>x_0 is clipped to ± this value, &gt; 0, and ε follows it; null: not clipped. 1 is the paper's choice (Ho et al. 2020).</summary>
    public double? Clip
    {
        get => clip;
        init => clip = value is null or > 0 ? value : throw new ArgumentOutOfRangeException(nameof(Clip), value, "The range of x_0 must be above 0, or null.");
    }
}
