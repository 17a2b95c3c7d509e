namespace Ddpm;

/// <summary>What the network is shown and told at a point of the path x = α x_0 + σ ε, α² + σ² = 1.</summary>
public sealed record NetworkInput
{
    private readonly double dataDeviation = 1;

    /// <summary>x as it is, and the step t: a network trained as Ho et al. 2020.</summary>
    public static NetworkInput Step { get; } = new();

    /// <summary>Karras et al. 2022 (EDM), table 1: x/√(α² s² + σ²) and ln(ρ)/4, for data of deviation s = 0.5. Their network F is minus v.</summary>
    public static NetworkInput Edm { get; } = new() { DataDeviation = 0.5, Told = at => Math.Log(at.Rho) / 4 };

    /// <summary>x/α = x_0 + ρ ε and ρ itself: a denoiser D(x; σ) in the notation of Karras et al. 2022, which scales its input inside.</summary>
    public static NetworkInput Rho { get; } = new() { ImageKeepsItsSize = true, Told = at => at.Rho };

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

    /// <summary>What the network is told at a point. The point's t by default.</summary>
    public Func<DiffusionPoint, double> Told { get; init; } = at => at.T;

    /// <summary>n = √(α² s² + σ²).</summary>
    internal double Norm(DiffusionPoint at) => dataDeviation == 1 && Math.Abs(at.Alpha * at.Alpha + at.Sigma * at.Sigma - 1) < 1e-12
        ? 1
        : Math.Sqrt(at.Alpha * at.Alpha * dataDeviation * dataDeviation + at.Sigma * at.Sigma);

    internal double Divisor(DiffusionPoint at) => ImageKeepsItsSize ? at.Alpha : Norm(at);
}
