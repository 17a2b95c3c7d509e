namespace Ddpm.Formats;

/// <summary>What one file may cost, whatever it declares, and where its numbers go.</summary>
internal sealed class MatLimits
{
    internal const int MaxDepth = 64, MaxMatrices = 200_000, MaxFields = 4096, MaxFieldName = 4096, MaxSpaces = 65_536;

    private readonly long most;
    private long memory, inflated;
    private int matrices = MaxMatrices;

    /// <summary>Limits a file of this length.</summary>
    /// <param name="fileLength">Its length in bytes.</param>
    /// <param name="most">The most bytes that values may take, and that may be decompressed; null for <see cref="DefaultMost"/>.</param>
    /// <param name="newBytes">Gives arrays of a length or longer for numbers; null for new ones.</param>
    internal MatLimits(long fileLength, long? most, Func<int, byte[]>? newBytes)
    {
        this.most = memory = inflated = most ?? DefaultMost(fileLength);
        NewBytes = newBytes ?? (length => new byte[length]);
    }

    internal Func<int, byte[]> NewBytes { get; }

    /// <summary>Twice the file and 64 MB: more than an honest file needs, unless it compresses extremely well.</summary>
    internal static long DefaultMost(long fileLength) => 2 * fileLength + (64 << 20);

    /// <summary>Before bytes are allocated.</summary>
    internal void Allocate(MatInput input, long bytes)
    {
        if ((memory -= bytes) < 0)
            throw input.Refuse($"the values may take {most} bytes of memory together");
    }

    /// <summary>After bytes are no longer needed.</summary>
    internal void Release(long bytes) => memory += bytes;

    /// <summary>Before bytes are decompressed.</summary>
    internal void Inflate(MatInput input, long bytes)
    {
        if ((inflated -= bytes) < 0)
            throw input.Refuse($"the file may grow to {most} bytes by decompression");
    }

    /// <summary>Before a matrix is read, at the top or inside another.</summary>
    internal void EnterMatrix(MatInput input, int depth)
    {
        if (--matrices < 0)
            throw input.Refuse($"there may be {MaxMatrices} matrices");
        if (depth > MaxDepth)
            throw input.Refuse($"cells and structs may be nested {MaxDepth} deep");
    }
}
