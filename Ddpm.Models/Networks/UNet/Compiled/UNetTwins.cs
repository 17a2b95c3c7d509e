using System.IO.Hashing;
using static TorchSharp.torch;

namespace Ddpm.Networks;

/// <summary>
/// The compiled twin of a UNet, kept for the runs that follow as long as the weights stay the same: at the beginning of each run a hash of all of
/// them is compared. A twin that is made while the network trains is freed when nobody uses it.
/// </summary>
internal sealed class UNetTwins(UNet network) : IDisposable
{
    private readonly Lock access = new();
    private Counted? current;

    /// <summary>The twin of the weights as they are now.</summary>
    internal Lease Take()
    {
        lock (access)
        {
            var weights = Hash();
            if (current?.Weights != weights)
            {
                Retire();
                current = new Counted(network.Compile(), weights);
            }
            current.Users++;
            current.IsRetired |= network.training;
            return new Lease(this, current);
        }
    }

    private void Release(Counted used)
    {
        lock (access)
            if (--used.Users == 0 && used.IsRetired)
                Free(used);
    }

    private void Retire()
    {
        if (current is not { } old)
            return;
        old.IsRetired = true;
        if (old.Users == 0)
            Free(old);
        current = null;
    }

    private void Free(Counted used)
    {
        used.Twin.Dispose();
        if (current == used)
            current = null;
    }

    private ulong Hash()
    {
        using var scope = NewDisposeScope();
        var hash = new XxHash3();
        foreach (var weight in network.state_dict().Values)
            hash.Append(weight.detach().contiguous().bytes);
        return hash.GetCurrentHashAsUInt64();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (access)
            Retire();
    }

    /// <summary>One user's hold on a twin.</summary>
    internal sealed class Lease(UNetTwins owner, Counted used) : IDisposable
    {
        private Counted? used = used;

        internal CompiledUNet Twin => used?.Twin ?? throw new ObjectDisposedException(nameof(CompiledDenoiser));

        /// <inheritdoc/>
        public void Dispose()
        {
            if (Interlocked.Exchange(ref used, null) is { } held)
                owner.Release(held);
        }
    }

    /// <summary>A twin and who uses it.</summary>
    internal sealed class Counted(CompiledUNet twin, ulong weights)
    {
        internal CompiledUNet Twin { get; } = twin;

        internal ulong Weights { get; } = weights;

        internal int Users { get; set; }

        internal bool IsRetired { get; set; }
    }
}
