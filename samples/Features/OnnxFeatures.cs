using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Samples;

/// <summary>
/// The features that an ONNX file computes, by ONNX Runtime on the CPU. An image's bits depend neither on the images beside it nor on their number
/// nor on the threads. A file can take all memory and time of this process: load only files that you trust.
/// </summary>
internal sealed class OnnxFeatures : IFeatureExtractor, IDisposable
{
    // What is prepared at once: 32 images of 224 x 224 are 19 MB.
    private const int ImagesAtOnce = 32;

    private readonly OnnxModel[] chain;
    private readonly FeatureInput input;
    private readonly ParallelOptions threads;

    /// <summary>Loads a file and runs it once.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DataFormatException">It is another file than the checksum says, or no network of one tensor to one.</exception>
    /// <exception cref="InvalidOperationException">It does not take such images.</exception>
    public OnnxFeatures(string path, OnnxFeaturesOptions? options = null)
        : this([OnnxModel.Load(path, options?.Sha256, options?.Output)], path, options ?? new())
    {
    }

    /// <summary>Networks, each of which takes what the one before gives; they belong to this.</summary>
    internal OnnxFeatures(OnnxModel[] chain, string path, OnnxFeaturesOptions options)
    {
        (this.chain, input) = (chain, options.Input);
        threads = new() { MaxDegreeOfParallelism = options.Threads ?? Environment.ProcessorCount };
        try
        {
            if (chain[0].TakesBytes != (input.Range == PixelRange.Bytes))
                throw new InvalidOperationException($"{path} takes {(chain[0].TakesBytes ? "bytes" : "float32")}, but is to be given {input.Range}.");
            Space = new(options.Name ?? Path.GetFileNameWithoutExtension(path), FindWidth(path))
            {
                Version = $"sha256:{chain[^1].Sha256}",
                Resize = input.ResizeInWords,
            };
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public FeatureSpace Space { get; }

    public Tensor Extract(Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        var (count, width) = (checked((int)images.shape[0]), Space.Width);
        var all = new float[checked(count * width)];
        for (var first = 0; first < count; first += ImagesAtOnce)
        {
            using var noGrad = no_grad();
            using var some = images.narrow(0, first, Math.Min(ImagesAtOnce, count - first));
            using var prepared = input.Prepare(some);
            if (input.Range == PixelRange.Bytes)
                Run(prepared.data<byte>().ToArray(), prepared.shape, all.AsMemory(first * width));
            else
                Run(prepared.data<float>().ToArray(), prepared.shape, all.AsMemory(first * width));
        }
        return torch.tensor(all, [count, width]);
    }

    public void Dispose()
    {
        foreach (var model in chain)
            model.Dispose();
    }

    // As many at once as the file says, and always so many: the last ones are filled up with black.
    private void Run<T>(T[] values, long[] shape, Memory<float> features)
        where T : unmanaged
    {
        var (batch, count, size) = (chain[0].BatchSize, (int)shape[0], values.Length / (int)shape[0]);
        Parallel.For(0, (count + batch - 1) / batch, threads, part =>
        {
            var given = Math.Min(batch, count - part * batch);
            var batchValues = new T[batch * size];
            values.AsSpan(part * batch * size, given * size).CopyTo(batchValues);
            Run(batchValues, shape).AsSpan(0, given * Space.Width).CopyTo(features.Span[(part * batch * Space.Width)..]);
        });
    }

    private float[] Run<T>(T[] values, long[] shape)
        where T : unmanaged
    {
        long[] whole = [chain[0].BatchSize, .. shape[1..]];
        var output = chain[0].Run<T>(values, whole);
        foreach (var next in chain[1..])
            output = next.Run<float>(output, whole);
        return output;
    }

    private int FindWidth(string path)
    {
        var (height, width) = (input.Side ?? chain[0].Height, input.Side ?? chain[0].Width);
        if (height is null || width is null)
            throw new InvalidOperationException($"{path} leaves the size of its images open: the options must say it.");
        long[] shape = [chain[0].BatchSize, input.Channels, height.Value, width.Value];
        var size = checked((int)(shape[0] * shape[1] * shape[2] * shape[3]));
        var output = input.Range == PixelRange.Bytes ? Run(new byte[size], shape) : Run(new float[size], shape);
        return output.Length / chain[0].BatchSize;
    }
}
