using System.Globalization;

namespace Ddpm.Formats;

/// <summary>
/// An event file of TensorBoard's. Each run, and each resumption of one, writes a file of its own, as TensorBoard expects: readers go through the
/// files of a folder in the order of their names and never back, and a file that a killed run left with half a record stays as it is.
/// </summary>
internal sealed class EventFile : IDisposable
{
    private const string Prefix = "events.out.tfevents.";

    private readonly AppendedFile file;
    private readonly TimeProvider clock;

    private EventFile(AppendedFile file, TimeProvider clock) => (this.file, this.clock) = (file, clock);

    internal string Path => file.Path;

    /// <summary>A new file in a folder, which is made with the first event, after every event file that is there.</summary>
    /// <param name="folder">Made if it is not there.</param>
    /// <param name="firstStep">The first step of the run, or of its rest: what other files hold of it and of later steps counts no more. null: all
    /// that they hold stays.</param>
    /// <param name="clock">What time it is; null: the system's.</param>
    /// <exception cref="IOException">The folder cannot be made or read.</exception>
    internal static EventFile Create(string folder, long? firstStep, TimeProvider? clock = null)
    {
        clock ??= TimeProvider.System;
        Directory.CreateDirectory(folder);
        var now = clock.GetUtcNow();
        // A clock may have been set back, and two runs may begin within a second.
        var seconds = Directory.EnumerateFiles(folder, Prefix + "*").Select(Seconds).Append(0).Max() + 1;
        var name = string.Create(
            CultureInfo.InvariantCulture, $"{Prefix}{Math.Max(seconds, now.ToUnixTimeSeconds()):D10}.{Host()}.{Environment.ProcessId}.0");
        return At(System.IO.Path.Combine(folder, name), firstStep, clock);
    }

    /// <summary>The same of a name that is given.</summary>
    internal static EventFile At(string path, long? firstStep, TimeProvider? clock = null)
    {
        clock ??= TimeProvider.System;
        var now = clock.GetUtcNow();
        byte[] head = [.. RecordFrame.Of(EventBytes.First(now)),
            .. firstStep is { } step ? RecordFrame.Of(EventBytes.SessionStart(now, step)) : []];
        return new(new(path, head), clock);
    }

    /// <summary>Writes what a file begins with, if nothing is written yet.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    internal void Begin() => file.Append([]);

    /// <summary>Appends numbers of one step, all or none of them.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    internal void Add(long step, params IReadOnlyList<(string Tag, double Value)> scalars) =>
        file.Append(RecordFrame.Of(EventBytes.Scalars(clock.GetUtcNow(), step, scalars)));

    /// <summary>Appends a picture.</summary>
    /// <param name="step">The step.</param>
    /// <param name="tag">What TensorBoard calls the picture.</param>
    /// <param name="shape">C, H and W; C is 1 or 3.</param>
    /// <param name="png">The bytes of its PNG file.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    internal void Add(long step, string tag, ImageShape shape, ReadOnlyMemory<byte> png) =>
        file.Append(RecordFrame.Of(EventBytes.OfImage(clock.GetUtcNow(), step, tag, shape, png)));

    public void Dispose() => file.Dispose();

    private static long Seconds(string path)
    {
        var rest = System.IO.Path.GetFileName(path)[Prefix.Length..];
        return long.TryParse(rest.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < int.MaxValue * 2L
            ? seconds
            : 0;
    }

    // What a file's name can hold everywhere, and no dot, which parts the name.
    private static string Host() =>
        string.Concat(Environment.MachineName.Select(each => char.IsAsciiLetterOrDigit(each) || each is '-' or '_' ? each : '_'));
}
