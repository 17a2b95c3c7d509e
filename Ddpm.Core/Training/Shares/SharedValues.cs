using static TorchSharp.torch;

namespace Ddpm.Training;

/// <summary>
/// A number for every weight, as a moment or an average is: for all of them, or for this process's slice of them, once processes have shared them out.
/// </summary>
/// <param name="all">For all, which it takes over.</param>
internal sealed class SharedValues(Tensor all) : IDisposable
{
    private Tensor? own;

    /// <summary>The numbers for all weights; null: shared out.</summary>
    internal Tensor? All { get; private set; } = all.DetachFromDisposeScope();

    /// <summary>What a step changes: the numbers for all weights, or this process's.</summary>
    internal Tensor Current => All ?? own!;

    /// <summary>Whether there are numbers to go on from once process 0 has none for all.</summary>
    internal bool AreShared => own is not null;

    /// <summary>Others take the place of all numbers; it takes them over.</summary>
    internal void Replace(Tensor by)
    {
        All?.Dispose();
        All = by.DetachFromDisposeScope();
    }

    /// <summary>From now on the process keeps these alone.</summary>
    /// <param name="slice">The numbers for its slice, which are copied; null: those that it has.</param>
    internal void Keep(Tensor? slice)
    {
        if (slice is not null)
        {
            own?.Dispose();
            own = slice.clone().DetachFromDisposeScope();
        }
        All?.Dispose();
        All = null;
    }

    public void Dispose()
    {
        All?.Dispose();
        own?.Dispose();
    }
}
