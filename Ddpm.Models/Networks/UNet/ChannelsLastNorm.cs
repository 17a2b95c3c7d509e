using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Networks;

/// <summary>
/// Group normalisation of images with channels last on a GPU, by operators that keep this layout. libtorch's own kernel for GPUs copies them to
/// [N, C, H, W] and returns that, so that the next convolution would copy them back. Statistics are of each channel first, so that what is added to
/// a channel shifts its mean, and costs no pass over the image.
/// </summary>
internal static class ChannelsLastNorm
{
    /// <summary>Whether it is for these images: on another device than the CPU, lying as [N, H, W, C].</summary>
    internal static bool Fits(Tensor x)
    {
        var (c, h, w) = (x.shape[1], x.shape[2], x.shape[3]);
        return x.device_type != DeviceType.CPU && c > 1 && h * w > 1 && x.stride() is [_, 1, var row, var pixel] && pixel == c && row == w * c;
    }

    /// <param name="x">[N, C, H, W].</param>
    /// <param name="weight">γ [C].</param>
    /// <param name="bias">β [C].</param>
    /// <param name="offset">Added to every pixel before, [N, C]; null: nothing.</param>
    /// <param name="groups">They divide the channels.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <returns>[N, C, H, W] in the layout of x, a new tensor.</returns>
    internal static Tensor Run(Tensor x, Tensor weight, Tensor bias, Tensor? offset, long groups, double epsilon)
    {
        using var scope = NewDisposeScope();
        var (n, c) = (x.shape[0], x.shape[1]);
        var (variance, mean) = var_mean(x.to(ScalarType.Float32), [2, 3], unbiased: false);
        var added = offset is null ? mean : mean.Plus(offset);

        // Var(group) = E(Var(channel)) + Var(E(channel)), as all channels have as many pixels.
        var grouped = added.view(n, groups, c / groups);
        var centred = grouped - grouped.mean([2], keepdim: true);
        var spread = variance.view_as(grouped).Plus(centred.Squared()).mean([2], keepdim: true);
        var scale = spread.Plus(epsilon).rsqrt() * weight.to(ScalarType.Float32).view(1, groups, c / groups);
        // γ (x + o - μ) / σ + β = scale · x + shift, where o - μ = centred - mean(channel).
        var shift = bias.to(ScalarType.Float32).Plus(((centred - mean.view_as(grouped)) * scale).view(n, c));
        return addcmul(Pixel(shift), x, Pixel(scale), value: Arithmetic.One).MoveToOuterDisposeScope();

        Tensor Pixel(Tensor ofChannel) => ofChannel.to(x.dtype).view(n, c, 1, 1);
    }
}
