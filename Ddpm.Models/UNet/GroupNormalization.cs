using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ddpm;

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

    public override Tensor forward(Tensor input) => nn.functional.group_norm(input, groups, weight, bias, epsilon);
}
