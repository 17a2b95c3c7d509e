namespace Ddpm.Kernels;

/// <summary>
/// Memory that kernels use again and again: taking it from the system each time would cost more than filling it. One thread at a time may use it.
/// </summary>
internal sealed unsafe class KernelMemory : IDisposable
{
    private readonly Dictionary<int, NativeValues> held = [];

    /// <summary>
    /// How many images kernels are chosen for, whatever number there is: what is computed of an image then has the same bits among any number. 0:
    /// for those that there are.
    /// </summary>
    internal int ChosenFor { get; set; }

    /// <summary>All of it.</summary>
    internal long Bytes => held.Values.Sum(values => values.Count) * sizeof(float);

    /// <summary>Memory for so many values. What lay there before may be lost, or still be there.</summary>
    internal float* Take(KernelPlace place, long values) => Take((int)place, values);

    /// <summary>A block of images at a place of the user's own, 0 or more.</summary>
    internal PixelBlock Block(int place, int images, int height, int width, int channels) =>
        new(Take((int)KernelPlace.First + place, (long)images * height * width * channels), images, height, width, channels);

    /// <summary>At least so many zeros.</summary>
    internal float* Zeros(int count)
    {
        var isNew = !held.TryGetValue((int)KernelPlace.Zeros, out var before) || before.Count < count;
        var zeros = Take(KernelPlace.Zeros, count);
        if (isNew)
            new Span<float>(zeros, count).Clear();
        return zeros;
    }

    private float* Take(int place, long values)
    {
        if (!held.TryGetValue(place, out var memory) || memory.Count < values)
        {
            memory?.Dispose();
            held[place] = memory = new NativeValues(values);
        }
        return memory.First;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var memory in held.Values)
            memory.Dispose();
        held.Clear();
    }
}
