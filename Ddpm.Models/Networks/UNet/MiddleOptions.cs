namespace Ddpm.Networks;

/// <summary>What a <see cref="UNet"/> has at its smallest size. The defaults are the paper's: residual block, attention, residual block.</summary>
public sealed record MiddleOptions
{
    /// <summary>Whether there is a middle at all. Yes by default.</summary>
    public bool Blocks { get; init; } = true;

    /// <summary>Whether self-attention stands between the two blocks. Yes by default.</summary>
    public bool Attention { get; init; } = true;

    /// <summary>Groups of the attention's normalisation; null: those of the network; 0: no normalisation.</summary>
    public int? NormGroups { get; init; }

    /// <summary>The sum of input and result of each of the three parts is divided by this, &gt; 0. 1 by default.</summary>
    public double Scale { get; init; } = 1;
}
