namespace Ddpm.Formats;

/// <summary>
/// A file of NumPy: one array (.npy), or a zip file of arrays with names (.npz), stored or deflated. Its content counts, not its extension.
/// </summary>
internal sealed class NumpyFile : IDisposable
{
    private const string Extension = ".npy";
    private const int SpareBytes = 64 << 20;

    private readonly RandomAccessFile file;
    private readonly Dictionary<string, ZipRecord> records = new(StringComparer.Ordinal);
    private readonly long most;
    private long inflated;

    private NumpyFile(RandomAccessFile file, long? maxBytes)
    {
        this.file = file;
        most = inflated = maxBytes ?? 2 * file.Length + SpareBytes;
        Span<byte> start = stackalloc byte[4];
        start = start[..(int)Math.Min(start.Length, file.Length)];
        file.Read(0, start);
        IsZip = start.StartsWith("PK"u8);
        if (!IsZip)
        {
            Names = [""];
            return;
        }
        var all = ZipDirectory.Read(file, ZipRules.Numpy);
        foreach (var record in all)
            if (!record.Name.EndsWith(Extension, StringComparison.Ordinal))
                throw new DataFormatException(
                    file.Path, record.HeaderOffset, $"the records must be arrays, named with {Extension}, but one is {Quote.Of(record.Name)}");
            else
                records.Add(record.Name[..^Extension.Length], record);
        Names = [.. all.Select(record => record.Name[..^Extension.Length])];
    }

    /// <summary>Path of the file.</summary>
    internal string Path => file.Path;

    /// <summary>Whether arrays have names.</summary>
    internal bool IsZip { get; }

    /// <summary>The arrays in the order of the file; a single "" for a .npy file.</summary>
    internal IReadOnlyList<string> Names { get; }

    /// <summary>Opens a file; of a zip file the directory is read.</summary>
    /// <param name="path">The file; it must not be changed while it is open.</param>
    /// <param name="maxBytes">The most bytes that may be decompressed; null for 2 x the file + 64 MB.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DataFormatException">The file breaks a rule of the format.</exception>
    internal static NumpyFile Open(string path, long? maxBytes = null)
    {
        var file = RandomAccessFile.Open(path);
        try
        {
            return new NumpyFile(file, maxBytes);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Whether there is an array of this name.</summary>
    internal bool Contains(string name) => Names.Contains(name);

    /// <summary>Begins to read an array: what it is, and then its values.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="DataFormatException">It breaks a rule of the format.</exception>
    internal ArrayInput OpenArray(string name)
    {
        if (!records.TryGetValue(name, out var record))
            return name.Length == 0 && !IsZip
                ? NpyArray.Open(Path, name, 0, new FileStretch(file, 0, file.Length), file.Length)
                : throw new DataFormatException(
                    Path, null, $"there must be an array {Quote.Of(name)}, but there are: {string.Join(", ", Names.Select(Quote.Of))}");
        return NpyArray.Open(Path, name, record.Offset, new ZipRecordStream(file, record), record.Length);
    }

    /// <summary>Reads an array into memory.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="DataFormatException">It breaks a rule of the format, or the file would decompress to more than it may.</exception>
    internal NumberArray Read(string name)
    {
        Admit(name);
        using var input = OpenArray(name);
        return input.ReadAll();
    }

    /// <summary>To be said before the values of an array are read into memory: a compressed one counts.</summary>
    internal void Admit(string name)
    {
        if (records.TryGetValue(name, out var record) && record.IsDeflated && (inflated -= record.Length) < 0)
            throw new DataFormatException(Path, record.Offset, $"the file may grow to {most} bytes by decompression");
    }

    /// <summary>Closes the file. Arrays that were read stay valid.</summary>
    public void Dispose() => file.Dispose();
}
