namespace Ddpm.Networks;

/// <summary>
/// A network, or a part of one, that draws random numbers while it trains (dropout) and can be told from where, so that a step can be repeated.
/// </summary>
public interface IStochasticModule
{
    /// <summary>Starts a new stream; the same seed gives the same numbers.</summary>
    void Reseed(ulong seed);
}
