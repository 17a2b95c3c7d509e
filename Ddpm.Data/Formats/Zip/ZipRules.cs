namespace Ddpm.Formats;

/// <summary>What a kind of zip file may hold.</summary>
/// <param name="Flags">Bits of the general purpose flag that a record may have: 0x0008 sizes follow, 0x0800 UTF-8, 0x0006 how deflated.</param>
/// <param name="Deflated">Whether records may be deflated.</param>
/// <param name="Folders">Whether names may end with a slash: a folder, without bytes.</param>
internal sealed record ZipRules(ushort Flags, bool Deflated, bool Folders)
{
    /// <summary>PyTorch's files.</summary>
    internal static ZipRules Stored { get; } = new(0x0808, Deflated: false, Folders: false);

    /// <summary>NumPy's files.</summary>
    internal static ZipRules Numpy { get; } = new(0x080E, Deflated: true, Folders: false);

    /// <summary>Files and folders, as people pack them.</summary>
    internal static ZipRules Archive { get; } = new(0x080E, Deflated: true, Folders: true);
}
