namespace Ddpm.Imaging;

/// <summary>How many pixels may be in work at once, by all threads together. A single picture may exceed it, alone.</summary>
/// <param name="most">Each pixel takes four bytes while it is decoded, or ten where its JPEG file is progressive: 160 MB by default.</param>
internal sealed class PixelBudget(long most = 1 << 24)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);    // how soon a cancellation is seen
    private readonly object gate = new();
    private long taken;

    /// <summary>Waits until there is room.</summary>
    internal void Take(long pixels, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            while (taken > 0 && taken + pixels > most)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Monitor.Wait(gate, Look);
            }
            taken += pixels;
        }
    }

    /// <summary>Gives back what was taken.</summary>
    internal void Return(long pixels)
    {
        lock (gate)
        {
            taken -= pixels;
            Monitor.PulseAll(gate);
        }
    }
}
