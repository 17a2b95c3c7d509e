using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Hosting;

/// <summary>The images of a request, in memory of .NET: nothing has to be disposed.</summary>
public sealed class GeneratedImages
{
    private readonly float[] values;

    internal GeneratedImages(float[] values, ImageShape shape, ulong seed)
    {
        (this.values, Shape, Seed) = (values, shape, seed);
        Count = values.Length / (int)shape.Values;
    }

    /// <summary>How many.</summary>
    public int Count { get; }

    /// <summary>C, H, W of each.</summary>
    public ImageShape Shape { get; }

    /// <summary>The seed: given again with the same request, it makes the same images.</summary>
    public ulong Seed { get; }

    /// <summary>From the request to the beginning of its first image.</summary>
    public TimeSpan Waited { get; internal init; }

    /// <summary>From the request to the result.</summary>
    public TimeSpan Elapsed { get; internal init; }

    /// <summary>[N, C, H, W], about -1 to 1.</summary>
    public ReadOnlyMemory<float> Values => values;

    /// <summary>Float32 [N, C, H, W] on the CPU; the caller owns it.</summary>
    public Tensor ToTensor()
    {
        using var scope = NewDisposeScope();
        return tensor(values).view(Shape.Batch(Count)).MoveToOuterDisposeScope();
    }

    /// <summary>The images as bytes, one by one.</summary>
    public IReadOnlyList<Picture> ToPictures()
    {
        using var all = ToTensor();
        return FramePictures.Of(all);
    }

    /// <summary>The images in one picture, row by row.</summary>
    /// <param name="columns">null: as many as rows.</param>
    /// <param name="scale">How many times larger than they are, ≥ 1.</param>
    public Picture ToGrid(int? columns = null, int scale = 1)
    {
        using var all = ToTensor();
        return PictureGrid.Grid(all, columns ?? (int)Math.Ceiling(Math.Sqrt(Count)), scale);
    }
}
