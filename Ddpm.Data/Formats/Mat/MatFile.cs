namespace Ddpm.Formats;

/// <summary>Reads MATLAB's .mat files of level 5 (MATLAB's -v6 and -v7), in either byte order, compressed or not.</summary>
internal static class MatFile
{
    /// <summary>Reads variables.</summary>
    /// <param name="path">The file.</param>
    /// <param name="names">Which are wanted; null for all. The others are passed over without being decoded.</param>
    /// <param name="maxBytes">The most bytes that values may take, and that may be decompressed; null for 2 x the file + 64 MB.</param>
    /// <returns>The values by name, as far as they are in the file.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DataFormatException">The file breaks a rule of the format, or is of level 4 or 7.3.</exception>
    internal static IReadOnlyDictionary<string, MatValue> Read(string path, IReadOnlyCollection<string>? names = null, long? maxBytes = null) =>
        Read(path, names, maxBytes, null);

    /// <summary>Reads variables, their numbers into arrays that the caller provides.</summary>
    internal static Dictionary<string, MatValue> Read(
        string path, IReadOnlyCollection<string>? names, long? maxBytes, Func<int, byte[]>? newBytes)
    {
        var values = new Dictionary<string, MatValue>(StringComparer.Ordinal);
        Visit(path, maxBytes, newBytes, (variable, read) =>
        {
            if (names is null || names.Contains(variable.Name))
                values[variable.Name] = read();
        });
        return values;
    }

    /// <summary>Lists the variables, in the order of the file; only what precedes their contents is read.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DataFormatException">The file breaks a rule of the format, or is of level 4 or 7.3.</exception>
    internal static IReadOnlyList<MatVariable> List(string path)
    {
        var variables = new List<MatVariable>();
        Visit(path, null, null, (variable, _) => variables.Add(variable));
        return variables;
    }

    // Every level is one branch here: it names each variable, and decodes it only if asked to.
    private static void Visit(string path, long? maxBytes, Func<int, byte[]>? newBytes, Action<MatVariable, Func<MatValue>> visit)
    {
        using var stream = InputFile.Open(path);
        var start = new byte[(int)Math.Min(Mat5File.HeaderBytes, stream.Length)];
        stream.ReadExactly(start);
        if (start.Length < 4)
            throw new DataFormatException(path, 0, $"a MAT-file has at least 4 bytes, but this has {start.Length}");
        if (start.AsSpan(0, 4).Contains((byte)0))
            throw new DataFormatException(path, 0, "this starts as a MAT-file of level 4, which is not supported; save it with -v7");
        new Mat5File(path, stream, start, new MatLimits(stream.Length, maxBytes, newBytes)).Visit(visit);
    }
}
