using static TorchSharp.torch;

namespace Ddpm.Training;

/// <summary>
/// A number for every weight, as a moment or an average is: for all of them, or for this process's slice of them, once processes have shared them
/// out.
/// </summary>
internal sealed class SharedValues : IDisposable
{
    private readonly Tensor? like;
    private Tensor? all, own;

    private SharedValues(Tensor? like, Tensor? all) => (this.like, this.all) = (like, all?.DetachFromDisposeScope());

    /// <summary>Zeros, for which there is no memory until they are asked for.</summary>
    /// <param name="like">The weights, which stay the caller's.</param>
    internal static SharedValues Zeros(Tensor like) => new(like, null);

    /// <summary>A copy of the weights.</summary>
    internal static SharedValues Copy(Tensor weights) => new(null, weights.clone());

    /// <summary>The numbers for all weights; null: shared out.</summary>
    internal Tensor? All => IsFresh ? all = zeros_like(like!).DetachFromDisposeScope() : all;

    /// <summary>What a step changes: the numbers for all weights, or this process's.</summary>
    internal Tensor Current => All ?? own!;

    /// <summary>Whether they are zeros that nobody has asked for.</summary>
    internal bool IsFresh => all is null && own is null;

    /// <summary>Whether this process has had a slice.</summary>
    internal bool AreShared => own is not null;

    /// <summary>Others take the place of all numbers; it takes them over.</summary>
    internal void Replace(Tensor by)
    {
        all?.Dispose();
        all = by.DetachFromDisposeScope();
    }

    /// <summary>From now on the process keeps the numbers for its slice alone.</summary>
    /// <param name="slice">They, which it takes over; null: those that it has.</param>
    internal void Keep(Tensor? slice)
    {
        if (slice is not null)
        {
            own?.Dispose();
            own = slice.DetachFromDisposeScope();
        }
        all?.Dispose();
        all = null;
    }

    public void Dispose()
    {
        all?.Dispose();
        own?.Dispose();
    }
}
