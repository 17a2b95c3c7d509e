using Ddpm.Noise;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Kernels;

/// <summary>What <see cref="FusedNorm"/> computes, operator by operator: on every device, in every type and layout, as often differentiable.</summary>
internal static class PlainNorm
{
    /// <inheritdoc cref="FusedNorm.Run"/>
    internal static Tensor Run(Tensor x, Tensor weight, Tensor bias, Tensor? offset, NormRule rule)
    {
        using var scope = NewDisposeScope();
        var h = Normalise(offset is null ? x : x.Plus(offset.unsqueeze(-1).unsqueeze(-1)), weight, bias, rule);
        h = rule.Silu ? nn.functional.silu(h) : h;
        h = rule.Mask is { } mask ? h * BernoulliMask.Draw(mask, h.shape, h.dtype, h.device) : h;
        return h.MoveToOuterDisposeScope();
    }

    private static Tensor Normalise(Tensor x, Tensor weight, Tensor bias, NormRule rule) => IsSlow(x, rule)
        ? ChannelsLast.Of(nn.functional.group_norm(x.contiguous(), rule.Groups, weight, bias, rule.Epsilon))
        : nn.functional.group_norm(x, rule.Groups, weight, bias, rule.Epsilon);

    // With channels last, libtorch's kernel for few pixels takes twenty times as long where a group has few channels: more than two copies cost.
    private static bool IsSlow(Tensor x, NormRule rule) =>
        x.device_type == DeviceType.CPU && x.shape[1] / rule.Groups < 8 && x.shape[2] * x.shape[3] < 1024;
}
