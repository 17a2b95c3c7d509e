using System.Diagnostics;
using System.Globalization;

namespace Ddpm.Benchmarks;

/// <summary>
/// A contender in another program, such as Python's. It gets the arguments NETWORK BATCH PRECISION THREADS, writes "ready", and then, for each
/// line that it reads, computes once and writes how many milliseconds that took; it ends when there are no more lines.
/// </summary>
internal sealed class PeerContender : IContender
{
    private readonly Process process;

    /// <param name="named">PRECISION:NAME=COMMAND, as --peer has it.</param>
    /// <param name="network">small or paper.</param>
    /// <param name="batch">Images at once.</param>
    /// <param name="threads">How many may compute.</param>
    internal PeerContender(string named, string network, int batch, int threads)
    {
        if (named.Split('=', 2) is not [var who, var command] || who.Split(':', 2) is not [("float32" or "bfloat16") and var precision, var name])
            throw new ArgumentException($"--peer must be PRECISION:NAME=COMMAND, the precision float32 or bfloat16, but is '{named}'.");
        (Precision, Name) = (precision, name);
        string[] words = [.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            network, batch.ToString(CultureInfo.InvariantCulture), precision, threads.ToString(CultureInfo.InvariantCulture)];
        process = Process.Start(new ProcessStartInfo(words[0], words[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        if (Answer() is var ready && ready != "ready")
            throw new InvalidOperationException($"'{name}' must write 'ready' first, but wrote '{ready}'.");
    }

    public string Name { get; }

    public string Precision { get; }

    public bool IsPlain => false;

    public long? PeakMegabytes
    {
        get
        {
            process.Refresh();
            return PeakMemory.Of(process);
        }
    }

    public double Call()
    {
        process.StandardInput.WriteLine();
        process.StandardInput.Flush();
        return double.Parse(Answer(), CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }

    private string Answer() => process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"'{Name}' ended early.");
}
