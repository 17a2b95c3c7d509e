namespace Ddpm.Networks;

/// <summary>The numbers that a network can be told of time.</summary>
/// <param name="Lowest">The least of them.</param>
/// <param name="Highest">The largest of them.</param>
/// <param name="Rule">The rule in words, without its full stop: "A network of … must be told …".</param>
public sealed record TimeRange(double Lowest, double Highest, string Rule)
{
    /// <summary>Whether a number is one of them.</summary>
    public bool Contains(double time) => time >= Lowest && time <= Highest;
}
