using Ddpm.Kernels;
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

    /// <summary>γ, [C].</summary>
    internal Tensor Scale => weight;

    /// <summary>β, [C].</summary>
    internal Tensor Shift => bias;

    public override Tensor forward(Tensor input) => Apply(input);

    /// <summary>A twin made of kernels.</summary>
    internal NormLayer Compile() => new(weight, bias, (int)groups, epsilon);

    /// <summary>With what comes before and after it in a residual block: in one kernel where there is one.</summary>
    /// <param name="x">[N, C, H, W].</param>
    /// <param name="activation">Applied to the result; null: none.</param>
    /// <param name="offset">[N, C], added to every pixel of x before; null: nothing.</param>
    /// <param name="drawn">What is dropped in the end.</param>
    internal Tensor Apply(Tensor x, Activation? activation = null, Tensor? offset = null, DropoutDraw drawn = default)
    {
        if (ChannelsLastNorm.Fits(x))
            return ApplyOnGpu(x, activation, offset, drawn);
        var rule = new NormRule((int)groups, epsilon, Silu: activation == Activation.SiLU);
        if (activation is null or Activation.SiLU)
            return FusedNorm.Run(x, weight, bias, offset, rule with { Mask = drawn.Mask(x.shape) });
        using var scope = NewDisposeScope();
        return drawn.Apply(activation.Value.Apply(FusedNorm.Run(x, weight, bias, offset, rule))).MoveToOuterDisposeScope();
    }

    private Tensor ApplyOnGpu(Tensor x, Activation? activation, Tensor? offset, DropoutDraw drawn)
    {
        using var scope = NewDisposeScope();
        var h = ChannelsLastNorm.Run(x, weight, bias, offset, groups, epsilon);
        return drawn.Apply(activation?.Apply(h) ?? h).MoveToOuterDisposeScope();
    }
}
