namespace Ddpm;

/// <summary>How the network's output becomes x_0 and ε.</summary>
public sealed record PredictorOptions
{
    private readonly PredictionType type = PredictionType.Epsilon;
    private readonly double? clip = 1;

    /// <summary>What the network predicts. ε by default.</summary>
    public PredictionType Type
    {
        get => type;
        init => type = EnumArgument.Check(value, nameof(Type), "The prediction");
    }

    /// <summary>x_0 is clipped to ± this value, &gt; 0; null: not clipped. 1 is the paper's choice (Ho et al. 2020).</summary>
    public double? Clip
    {
        get => clip;
        init => clip = value is null or > 0
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Clip), value, "The range of x_0 must be above 0, or null.");
    }

    /// <summary>Dynamic thresholding, in place of <see cref="Clip"/>; null by default: none.</summary>
    public DynamicThreshold? Threshold { get; init; }

    /// <summary>What the network is shown and told. x and the step t by default.</summary>
    public NetworkInput Input
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Input));
    } = NetworkInput.Step;

    /// <summary>Says whether the options fit a process; called when a diffusion is built.</summary>
    /// <exception cref="ArgumentException">The last step has no signal (ᾱ = 0), from which x_0 cannot be had by ε.</exception>
    public void Check(DiffusionPath path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (Type == PredictionType.Epsilon && path.At(path.Steps - 1).Alpha == 0)
            throw new ArgumentException("A schedule with zero terminal SNR needs a network that predicts v or x_0, but the prediction is epsilon.");
    }
}
