using System.Runtime.ExceptionServices;

namespace Ddpm.Imaging;

/// <summary>
/// Loads images on other threads before they are asked for, in the order in which they are expected. Only a bounded number is kept. What is loaded
/// depends on the image alone, so that neither the number of threads nor their speed changes anything but the time.
/// </summary>
/// <param name="imageBytes">Bytes of every image.</param>
/// <param name="threads">At most so many load at once.</param>
/// <param name="load">Loads an image by its number; called on several threads at once.</param>
internal sealed class ImagesAhead(int imageBytes, int threads, Action<int, Memory<byte>> load)
{
    private const int KeptBytes = 1 << 25, LeastKept = 2, MostKept = 4096;

    private readonly object gate = new();
    private readonly int most = Math.Clamp(KeptBytes / imageBytes, LeastKept, MostKept);
    private readonly Stack<byte[]> free = [];
    private List<Image> expected = [];

    // Images loaded or in work, and threads at work.
    private int kept, working;

    private enum State
    {
        Waiting,
        InWork,
        Loaded,
        Dropped,
    }

    /// <summary>Says which images come next, in place of what was said before. Those that are loaded already stay so.</summary>
    internal void Expect(ReadOnlySpan<int> indices)
    {
        lock (gate)
        {
            var known = expected.GroupBy(image => image.Index).ToDictionary(same => same.Key, same => new Queue<Image>(same));
            expected = new(indices.Length);
            foreach (var index in indices)
                expected.Add(known.TryGetValue(index, out var same) && same.TryDequeue(out var image) ? image : new(index));
            foreach (var image in known.Values.SelectMany(same => same))
                Drop(image);
            StartWork();
        }
    }

    /// <summary>Copies an image, loaded ahead or now.</summary>
    internal void CopyTo(int index, Span<byte> destination)
    {
        var image = Find(index);
        if (image.Pixels is null)
            load(index, image.Pixels = Buffer());
        try
        {
            image.Fault?.Throw();
            image.Pixels.CopyTo(destination);
        }
        finally
        {
            lock (gate)
            {
                free.Push(image.Pixels);
                StartWork();
            }
        }
    }

    // An image that nobody expected, or whose turn has not come, is loaded by who asks for it.
    private Image Find(int index)
    {
        lock (gate)
        {
            var at = expected.FindIndex(image => image.Index == index);
            if (at < 0)
                return new(index);
            var image = expected[at];
            expected.RemoveAt(at);
            while (image.State == State.InWork)
                Monitor.Wait(gate);
            if (image.State == State.Loaded)
                kept--;
            return image;
        }
    }

    private void Drop(Image image)
    {
        if (image.State == State.Loaded)
        {
            kept--;
            free.Push(image.Pixels!);
        }
        image.State = State.Dropped;
    }

    private void StartWork()
    {
        for (; working < threads && kept < most && expected.Exists(image => image.State == State.Waiting); working++)
            ThreadPool.UnsafeQueueUserWorkItem(_ => Work(), null);
    }

    private void Work()
    {
        while (Next() is { } image)
        {
            var pixels = Buffer();
            ExceptionDispatchInfo? fault = null;
            try
            {
                load(image.Index, pixels);
            }
            catch (Exception thrown)
            {
                fault = ExceptionDispatchInfo.Capture(thrown);
            }
            End(image, pixels, fault);
        }
    }

    private Image? Next()
    {
        lock (gate)
        {
            var next = kept < most ? expected.Find(image => image.State == State.Waiting) : null;
            if (next is null)
            {
                working--;
                return null;
            }
            kept++;
            next.State = State.InWork;
            return next;
        }
    }

    private void End(Image image, byte[] pixels, ExceptionDispatchInfo? fault)
    {
        lock (gate)
        {
            if (image.State == State.Dropped)
            {
                kept--;
                free.Push(pixels);
            }
            else
                (image.State, image.Pixels, image.Fault) = (State.Loaded, pixels, fault);
            Monitor.PulseAll(gate);
        }
    }

    private byte[] Buffer()
    {
        lock (gate)
            return free.TryPop(out var buffer) ? buffer : GC.AllocateUninitializedArray<byte>(imageBytes);
    }

    private sealed class Image(int index)
    {
        internal int Index { get; } = index;

        internal State State { get; set; }

        internal byte[]? Pixels { get; set; }

        internal ExceptionDispatchInfo? Fault { get; set; }
    }
}
