namespace Ddpm;

/// <summary>Where a part of the network stands: numbers that a layout builds names from.</summary>
/// <param name="Levels">How many levels the network has.</param>
/// <param name="Blocks">Residual blocks a level on the way down.</param>
/// <param name="Level">0 is full size.</param>
/// <param name="Block">0 to <paramref name="Blocks"/> - 1 on the way down, one more on the way up.</param>
/// <param name="Attention">Whether attention stands in the same entry of a flat list.</param>
internal readonly record struct BlockPosition(int Levels, int Blocks, int Level, int Block = 0, bool Attention = false)
{
    /// <summary>The level counted from the deepest one, as the way up runs.</summary>
    internal int Stage => Levels - 1 - Level;
}
