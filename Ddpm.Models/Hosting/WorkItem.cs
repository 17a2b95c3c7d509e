namespace Ddpm.Hosting;

/// <summary>Something that waits for the thread of a device.</summary>
/// <param name="kind">Items of an equal kind may be done together; null: this one is done alone.</param>
/// <param name="size">How much of a batch it takes.</param>
internal abstract class WorkItem(object? kind, int size)
{
    internal object? Kind { get; } = kind;

    internal int Size { get; } = size;

    /// <summary>Whose callers it is for; null: it is the service's own.</summary>
    internal virtual DiffusionService? Service => null;

    /// <summary>How much of them is done together.</summary>
    internal virtual int MostTogether => Size;

    /// <summary>When it came, by <see cref="TimeProvider"/>'s clock.</summary>
    internal long Came { get; } = TimeProvider.System.GetTimestamp();

    internal TimeSpan Waited => TimeProvider.System.GetElapsedTime(Came);

    /// <summary>Does it, on the device's thread, with others of its kind. Faults go to those who wait for them: it throws nothing.</summary>
    /// <param name="together">This one first.</param>
    internal abstract void Run(IReadOnlyList<WorkItem> together);
}
