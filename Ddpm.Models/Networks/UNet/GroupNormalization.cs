using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ddpm.Networks;

/// <summary>Group normalisation (Wu and He 2018) whose scale and shift start at 1 and 0; TorchSharp's own starts uninitialised.</summary>
internal sealed class GroupNormalization : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight, bias;
    private readonly long groups;
    private readonly double epsilon;

    internal GroupNormalization(long channels, UNetOptions options, Device? device)
        : this(channels, options.Groups, options.NormEpsilon, device)
    {
    }

    internal GroupNormalization(long channels, long groups, double epsilon, Device? device)
        : base(nameof(GroupNormalization))
    {
        (this.groups, this.epsilon) = (groups, epsilon);
        weight = new Parameter(ones(channels, device: device));
        bias = new Parameter(zeros(channels, device: device));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        if (!IsSlow(input))
            return nn.functional.group_norm(input, groups, weight, bias, epsilon);
        using var scope = NewDisposeScope();
        return ChannelsLast.Of(nn.functional.group_norm(input.contiguous(), groups, weight, bias, epsilon)).MoveToOuterDisposeScope();
    }

    // With channels last, libtorch's kernel for few pixels takes twenty times as long where a group has few channels: more than two copies cost.
    private bool IsSlow(Tensor input) =>
        input.device_type == DeviceType.CPU && input.shape[1] / groups < 8 && input.shape[2] * input.shape[3] < 1024;
}
