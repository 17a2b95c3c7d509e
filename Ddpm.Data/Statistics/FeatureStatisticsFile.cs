using Ddpm.Formats;
using MathNet.Numerics.LinearAlgebra;

namespace Ddpm.Evaluation;

/// <summary>
/// Statistics of features as a file of NumPy (.npz): <c>mu</c> [D] and <c>sigma</c> [D, D], float64, as pytorch-fid, clean-fid, ADM's evaluator and
/// EDM name them. Those of this library hold <c>count</c>, N as int64, and <c>origin</c> beside them: JSON in UTF-8 as an array of bytes, which NumPy
/// reads without pickle (<c>json.loads(f["origin"].tobytes())</c>).
/// </summary>
public static class FeatureStatisticsFile
{
    internal const string Mean = "mu", Covariance = "sigma", Count = "count", Origin = "origin";

    // The covariance is read as one array of at most 2 GB.
    private const int MaxWidth = 16_000, MaxOriginBytes = 1 << 20;

    /// <summary>Writes a file. It appears whole or not at all: on failure an older one stays.</summary>
    /// <param name="path">The file, replaced if it is there; its folder must be there.</param>
    /// <param name="statistics">What to write.</param>
    /// <exception cref="ArgumentException">There are more than 16,000 features.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Save(string path, FeatureStatistics statistics)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(statistics);
        var width = statistics.Width;
        if (width > MaxWidth)
            throw new ArgumentException($"A file may be of {MaxWidth} features, but there are {width}.", nameof(statistics));
        List<NpzEntry> arrays =
        [
            NpzEntry.Of(Mean, statistics.Mean.ToArray(), width),
            NpzEntry.Of(Covariance, statistics.Covariance.ToRowMajorArray(), width, width),
        ];
        if (statistics.Count is { } count)
            arrays.Add(NpzEntry.Of(Count, count));
        if (statistics.Origin != new StatisticsOrigin())
            arrays.Add(NpzEntry.OfText(Origin, OriginJson.Write(statistics.Origin)));
        NpzWriter.Write(path, arrays);
    }

    /// <summary>
    /// Reads a file of this library or of another program. Other arrays in it, as the images in ADM's reference batches, are not looked at.
    /// </summary>
    /// <param name="path">The file; its content counts, not its extension.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DataFormatException">It is damaged, or holds no such statistics.</exception>
    public static FeatureStatistics Load(string path)
    {
        using var file = NumpyFile.Open(path);
        if (!file.Contains(Mean) || !file.Contains(Covariance))
            throw new DataFormatException(
                path, null, $"statistics must hold the arrays \"{Mean}\" and \"{Covariance}\", but there are: "
                + $"{(file.IsZip ? string.Join(", ", file.Names.Take(20).Select(Quote.Of)) : "one without a name")}");
        var mean = Floats(file, Mean, sizes => sizes is [>= 1 and <= MaxWidth], $"[D], D from 1 to {MaxWidth}");
        var width = mean.Length;
        var covariance = Floats(file, Covariance, sizes => sizes.SequenceEqual([width, width]), $"[{width}, {width}]");
        try
        {
            return new(
                file.Contains(Count) ? ReadCount(file) : null,
                Vector<double>.Build.Dense(mean),
                Matrix<double>.Build.DenseOfRowMajor(width, width, covariance),
                file.Contains(Origin) ? ReadOrigin(file) : null);
        }
        catch (ArgumentException fault)
        {
            // The parameter's name, which .NET appends, is of no use to who has a file.
            throw new DataFormatException(path, null, fault.Message.Split(" (Parameter ")[0].TrimEnd('.'), fault);
        }
    }

    // The form is looked at before any memory is taken.
    private static NumberArray Read(NumpyFile file, string name, Func<ArrayForm, bool> fits, string rule)
    {
        using var input = file.OpenArray(name);
        if (!fits(input.Form))
            throw input.Refuse($"{input.Title} must be {rule}, but is {input.Form}");
        file.Admit(name);
        return input.ReadAll();
    }

    private static double[] Floats(NumpyFile file, string name, Func<IReadOnlyList<long>, bool> fits, string rule) =>
        Read(file, name, form => form.Type is NumberType.Single or NumberType.Double && fits(form.Sizes), $"of float32 or float64 {rule}")
            .ToArray<double>();

    private static long ReadCount(NumpyFile file)
    {
        var count = Read(file, Count, form => form.Type is NumberType.Int32 or NumberType.Int64 && form.Sizes is [] or [1], "a single whole number")
            .ToArray<long>()[0];
        return count >= 1
            ? count
            : throw new DataFormatException(file.Path, null, $"the array \"{Count}\" must be at least 1, but is {count}");
    }

    private static StatisticsOrigin ReadOrigin(NumpyFile file)
    {
        var array = Read(
            file, Origin, form => form.Type == NumberType.UInt8 && form.Sizes is [<= MaxOriginBytes],
            $"of at most {MaxOriginBytes} bytes, uint8 [n]");
        return OriginJson.Read(file.Path, array.Bytes);
    }
}
