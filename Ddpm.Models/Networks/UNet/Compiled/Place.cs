namespace Ddpm.Networks;

/// <summary>Memory for what lies between the layers of a compiled UNet; what one block leaves there, the next may overwrite.</summary>
internal enum Place
{
    /// <summary>The normalised input of a convolution.</summary>
    Normed,

    /// <summary>What the first convolution of a block makes; queries, keys and values.</summary>
    Hidden,

    /// <summary>Images of another size; what attention mixes.</summary>
    Resized,

    /// <summary>The input of a block that changes the size, at its new size.</summary>
    Shortcut,

    /// <summary>The last image of a level on the way up.</summary>
    Level,

    /// <summary>From here on: what the blocks on the way up read, each at a place of its own.</summary>
    Joined,
}
