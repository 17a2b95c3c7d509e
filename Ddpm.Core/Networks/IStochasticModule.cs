namespace Ddpm.Networks;

/// <summary>
/// A network, or a part of one, that draws random numbers while it trains (dropout) and can be told from where, so that a step can be repeated.
/// </summary>
public interface IStochasticModule
{
    /// <summary>Starts a new stream; the same seed gives the same numbers.</summary>
    /// <param name="seed">The stream's.</param>
    /// <param name="firstImage">
    /// The place in the batch of the first image that comes next: a batch may come in parts, each of which is to draw what it would as part of the
    /// whole.
    /// </param>
    void Reseed(ulong seed, int firstImage = 0);
}
