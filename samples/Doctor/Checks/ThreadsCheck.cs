namespace Ddpm.Samples;

/// <summary>Whether libtorch's threads are as many as the processors that it may use.</summary>
internal sealed class ThreadsCheck : ICheck
{
    private static readonly FindingKind TooMany = FindingKind.Warning("threads-above-quota"), TooFew = FindingKind.Note("threads-few");

    public IReadOnlyList<FindingKind> Kinds { get; } = [TooMany, TooFew];

    public IEnumerable<Finding> Look(Patient patient, CancellationToken stop)
    {
        var machine = patient.Machine;
        var usable = Math.Max(1, (int)Math.Min(machine.Processors, Math.Ceiling(machine.Quota ?? machine.Processors)));
        var asked = machine.AskedThreads is { } text ? $", OMP_NUM_THREADS is {text}" : "";
        if (machine.Threads > usable)
            yield return TooMany.Found(
                $"libtorch computes on {machine.Threads} threads, but the process may use {usable} processors{Given(machine)}{asked}.",
                (FormattableString)$"Set OMP_NUM_THREADS={usable}, or call torch.set_num_threads({usable}): too many are slow.");
        // Of two threads of a core libtorch uses one, unless it is told.
        else if (machine.Threads * 2 < usable || (machine.AskedThreads is not null && machine.Threads < usable))
            yield return TooFew.Found(
                $"libtorch computes on {machine.Threads} of {usable} processors{asked}.",
                (FormattableString)$"Set OMP_NUM_THREADS={usable} if nothing else needs them.");
    }

    private static string Given(Machine machine) =>
        machine.Quota is { } quota ? FormattableString.Invariant($" (the container is given {quota:G3})") : "";
}
