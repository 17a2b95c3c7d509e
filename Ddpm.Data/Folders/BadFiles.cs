using System.Runtime.ExceptionServices;
using Ddpm.Imaging;

namespace Ddpm;

/// <summary>Files that should be images and are none.</summary>
internal static class BadFiles
{
    private const int MostNamed = 10;

    /// <summary>Does the work for each of some files, on several threads, and lets the bad ones be: all of them are known in the end.</summary>
    /// <param name="files">How many there are.</param>
    /// <param name="threads">At most as many at once, at least 1.</param>
    /// <param name="work">For the file of an index.</param>
    /// <param name="progress">Told how many are done.</param>
    /// <param name="cancellationToken">Looked at between files.</param>
    /// <returns>What is wrong with each; null: nothing.</returns>
    internal static DataFormatException?[] Among(
        int files, int threads, Action<int> work, IProgress<ReadingProgress>? progress, CancellationToken cancellationToken)
    {
        var faults = new DataFormatException?[files];
        var meter = new ReadingMeter(progress, files);
        var parallel = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = threads };
        try
        {
            Parallel.For(0, files, parallel, i =>
            {
                try
                {
                    work(i);
                }
                catch (DataFormatException fault)
                {
                    faults[i] = fault;
                }
                meter.Add();
            });
        }
        catch (AggregateException several)
        {
            ExceptionDispatchInfo.Throw(several.InnerExceptions.FirstOrDefault(fault => fault is not OperationCanceledException) ?? several);
        }
        return faults;
    }

    /// <summary>One exception for all of them: the first ones by name and rule, the others by number.</summary>
    /// <param name="source">Where they are.</param>
    /// <param name="faults">One for each, at least one.</param>
    /// <param name="files">How many files there are, good and bad.</param>
    internal static DataFormatException Exception(string source, IReadOnlyList<DataFormatException> faults, int files) =>
        faults is [var only] ? only : new(source, null, Sentence(faults, files), faults[0]);

    /// <summary>The same as a text without its full stop.</summary>
    internal static string Sentence(IReadOnlyList<DataFormatException> faults, int files)
    {
        var named = string.Join("; ", faults.Take(MostNamed).Select(fault => $"{fault.File}: {fault.Rule}"));
        return $"{faults.Count} of {files} files cannot be read: {named}"
            + (faults.Count > MostNamed ? $"; and {faults.Count - MostNamed} more" : "");
    }
}
