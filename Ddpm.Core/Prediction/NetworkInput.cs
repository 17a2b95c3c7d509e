namespace Ddpm;

/// <summary>What the network is shown and told at a point of the path x = α x_0 + σ ε, α² + σ² = 1.</summary>
public sealed record NetworkInput
{
    private readonly double dataDeviation = 1, factor = 1;
    private readonly PointMeasure measure;
    private readonly Func<DiffusionPoint, double>? own;

    /// <summary>x as it is, and the step t: a network trained as Ho et al. 2020.</summary>
    public static NetworkInput Step { get; } = new();

    /// <summary>Karras et al. 2022 (EDM), table 1: x/√(α² s² + σ²) and ln(ρ)/4, for data of deviation s = 0.5. Their network F is minus v.</summary>
    public static NetworkInput Edm { get; } = new() { DataDeviation = 0.5, Measure = PointMeasure.LogRho, Factor = 0.25 };

    /// <summary>x/α = x_0 + ρ ε and ρ itself: a denoiser D(x; σ) in the notation of Karras et al. 2022, which scales its input inside.</summary>
    public static NetworkInput Rho { get; } = new() { ImageKeepsItsSize = true, Measure = PointMeasure.Rho };

    /// <summary>The deviation s of the data: x is divided by n = √(α² s² + σ²), its own deviation. 1 by default, where n is 1.</summary>
    public double DataDeviation
    {
        get => dataDeviation;
        init => dataDeviation = value is > 0 and < double.PositiveInfinity
            ? value
            : throw new ArgumentOutOfRangeException(nameof(DataDeviation), value, "The data's deviation must be above 0 and finite.");
    }

    /// <summary>Whether x is divided by α instead of n.</summary>
    public bool ImageKeepsItsSize { get; init; }

    /// <summary>Which number of the point the network is told, times <see cref="Factor"/>. The step by default.</summary>
    public PointMeasure Measure
    {
        get => measure;
        init => measure = EnumArgument.Check(value, nameof(Measure), "The measure");
    }

    /// <summary>
    /// What <see cref="Measure"/> is multiplied by, above 0. 1 by default; 1000/T for a network whose steps were counted in thousandths of the
    /// process (rescale_timesteps of improved-diffusion).
    /// </summary>
    public double Factor
    {
        get => factor;
        init => factor = value is > 0 and < double.PositiveInfinity
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Factor), value, "The factor of what the network is told must be above 0 and finite.");
    }

    /// <summary>
    /// What the network is told at a point: <see cref="Measure"/> times <see cref="Factor"/>, unless another function is given, which then counts in
    /// their place and cannot be saved.
    /// </summary>
    public Func<DiffusionPoint, double> Told
    {
        get => own ?? Tell;
        init => own = value ?? throw new ArgumentNullException(nameof(Told));
    }

    /// <summary>Whether <see cref="Told"/> is a function that was given, of which no more is known.</summary>
    internal bool IsOwn => own is not null;

    /// <summary>n = √(α² s² + σ²).</summary>
    internal double Norm(DiffusionPoint at) => dataDeviation == 1 && Math.Abs(at.Alpha * at.Alpha + at.Sigma * at.Sigma - 1) < 1e-12
        ? 1
        : Math.Sqrt(at.Alpha * at.Alpha * dataDeviation * dataDeviation + at.Sigma * at.Sigma);

    internal double Divisor(DiffusionPoint at) => ImageKeepsItsSize ? at.Alpha : Norm(at);

    private double Tell(DiffusionPoint at) => factor * measure switch
    {
        PointMeasure.Rho => at.Rho,
        PointMeasure.LogRho => Math.Log(at.Rho),
        _ => at.T,
    };
}
