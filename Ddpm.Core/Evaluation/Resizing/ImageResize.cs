using Ddpm.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Evaluation;

/// <summary>
/// How images become as large as a network wants them. Programs that compute the same distance differ in this, and so do their figures: each way here
/// gives the numbers of the program that it is named after.
/// </summary>
public sealed class ImageResize
{
    private readonly Func<int, int, int, int, IPlaneResize>? planes;

    private ImageResize(string name, Func<int, int, int, int, IPlaneResize>? planes) => (Name, this.planes) = (name, planes);

    /// <summary>Bilinear between the centres of pixels, without a filter where it shrinks: PyTorch's interpolate with align_corners off, as
    /// pytorch-fid resizes.</summary>
    public static ImageResize Bilinear { get; } = new("bilinear, half pixels", null);

    /// <summary>Bilinear from the corners of pixels, without a filter where it shrinks: TensorFlow 1, as the first FID program, torch-fidelity and
    /// NVIDIA's TorchScript file resize.</summary>
    public static ImageResize TensorFlowBilinear { get; } = new("bilinear, TensorFlow 1", (a, b, c, d) => new TensorFlowBilinear(a, b, c, d));

    /// <summary>Bicubic with a filter that widens where it shrinks, each channel as float32, not clipped and not rounded: Pillow's, as clean-fid
    /// resizes.</summary>
    public static ImageResize PillowBicubic { get; } = new("bicubic, Pillow on float32", (a, b, c, d) => new PillowBicubic(a, b, c, d));

    /// <summary>What it is called in reports and files.</summary>
    public string Name { get; }

    /// <summary>Resizes images. An image's bits do not depend on the images beside it.</summary>
    /// <param name="images">[N, C, H, W], bytes or floating-point numbers, on any device.</param>
    /// <param name="height">The new H, 1 to 16,384.</param>
    /// <param name="width">The new W, 1 to 16,384.</param>
    /// <returns>float32 [N, C, height, width] on the CPU, in the range of what was given; bicubic ones may lie beyond. The caller owns it.</returns>
    /// <exception cref="ArgumentException">They are no images, or the size is none.</exception>
    public Tensor Apply(Tensor images, int height, int width)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.dim() != 4 || images.numel() == 0 || !(images.dtype == ScalarType.Byte || images.is_floating_point()))
            throw new ArgumentException(
                $"Images must be [N, C, H, W] of bytes or floating-point numbers, but are {Batch.Extents(images)} of {images.dtype}.",
                nameof(images));
        RuleArgument.Check(height is >= 1 and <= 16_384, nameof(height), height, "1 to 16,384");
        RuleArgument.Check(width is >= 1 and <= 16_384, nameof(width), width, "1 to 16,384");
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var floats = images.cpu().to(ScalarType.Float32).contiguous();
        if (images.shape[2] == height && images.shape[3] == width)
            return floats.clone().MoveToOuterDisposeScope();
        return (planes is null ? Interpolated(floats, height, width) : ByPlanes(floats, height, width)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static Tensor Interpolated(Tensor images, int height, int width) =>
        nn.functional.interpolate(images, size: [height, width], mode: InterpolationMode.Bilinear, align_corners: false);

    private Tensor ByPlanes(Tensor images, int height, int width)
    {
        var (oldHeight, oldWidth) = ((int)images.shape[2], (int)images.shape[3]);
        var resize = planes!(oldHeight, oldWidth, height, width);
        var count = checked((int)(images.shape[0] * images.shape[1]));
        var (from, to) = (images.data<float>().ToArray(), new float[checked(count * height * width)]);
        Parallel.For(0, count, plane => resize.Resize(
            from.AsSpan(plane * oldHeight * oldWidth, oldHeight * oldWidth), to.AsSpan(plane * height * width, height * width)));
        return torch.tensor(to, [images.shape[0], images.shape[1], height, width]);
    }
}
