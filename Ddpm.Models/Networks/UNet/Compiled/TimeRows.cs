using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Ddpm.Networks;

/// <summary>The times of a batch, and what else is told with them. Images that are told the same share a row.</summary>
internal sealed class TimeRows
{
    private readonly Tensor t;
    private readonly Conditioning? given;
    private readonly List<int> different;
    private readonly List<int>? rowOf;

    private TimeRows(Tensor t, Conditioning? given, List<int> different, List<int>? rowOf) =>
        (this.t, this.given, this.different, this.rowOf) = (t, given, different, rowOf);

    /// <summary>The t of all images, if nothing distinguishes them; their result then has one row.</summary>
    internal float? Single { get; private init; }

    /// <summary>An image of each row, alone: [1] and what it is given.</summary>
    internal IEnumerable<(Tensor T, Conditioning? Given)> Different => different.Select(image => (t.narrow(0, image, 1), given?.Narrow(image, 1)));

    /// <param name="t">[N].</param>
    /// <param name="given">What the network is given with the images.</param>
    internal static TimeRows Of(Tensor t, Conditioning? given)
    {
        var told = given is null ? null : new Conditioning { Labels = given.Labels, Embedding = given.Embedding };
        var times = MemoryMarshal.Cast<byte, float>(t.to(ScalarType.Float32).contiguous().bytes);
        if (told?.Labels is null && told?.Embedding is null && !times.ContainsAnyExcept(times[0]))
            return new TimeRows(t, given: null, [0], rowOf: null) { Single = times[0] };
        if (told?.Embedding is not null)
            return new TimeRows(t, told, [.. Enumerable.Range(0, times.Length)], rowOf: null);
        var labels = told?.Labels?.to(ScalarType.Int64).contiguous().data<long>().ToArray();
        var (known, different, rowOf) = (new Dictionary<(float, long), int>(), new List<int>(), new List<int>());
        for (var image = 0; image < times.Length; image++)
        {
            if (known.TryAdd((times[image], labels?[image] ?? 0), different.Count))
                different.Add(image);
            rowOf.Add(known[(times[image], labels?[image] ?? 0)]);
        }
        return new TimeRows(t, told, different, rowOf);
    }

    /// <param name="results">[1, width] of each of <see cref="Different"/>.</param>
    /// <returns>[rows, width]: a row for all images, or one for each.</returns>
    internal Tensor Spread(IReadOnlyList<Tensor> results) => rowOf is null ? cat([.. results]) : cat([.. rowOf.Select(row => results[row])]);
}
