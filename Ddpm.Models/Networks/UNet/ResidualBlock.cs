using Ddpm.Kernels;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ddpm.Networks;

/// <summary>
/// Norm, activation, convolution; the time; norm, activation, dropout, convolution; plus a shortcut (Ho et al. 2020, appendix B). The time is
/// added to every pixel before the second norm, or scales and shifts its result (Nichol and Dhariwal 2021). It may change the size on its way.
/// </summary>
internal sealed class ResidualBlock : nn.Module<Tensor, Tensor, Tensor>, ICheckpointedModule, ICompilable
{
    private readonly GroupNormalization norm1, norm2;
    private readonly Conv2d conv1, conv2;
    private readonly Linear time_emb_proj;
    private readonly Conv2d? conv_shortcut;
    private readonly DropoutNoise dropout;
    private readonly Activation activation;
    private readonly bool scaleShift;
    private readonly double scale;
    private readonly Func<Tensor, Tensor>? resample;

    /// <param name="input">Width that comes in.</param>
    /// <param name="output">Width that goes out.</param>
    /// <param name="options">The network's.</param>
    /// <param name="dropout">The network's.</param>
    /// <param name="device">Where the weights are made; null: on the CPU.</param>
    /// <param name="resample">Applied to both branches after the first activation; null: the size stays.</param>
    /// <param name="scale">The sum of both branches is divided by this.</param>
    internal ResidualBlock(
        long input, long output, UNetOptions options, DropoutNoise dropout, Device? device, Func<Tensor, Tensor>? resample = null, double scale = 1)
        : base(nameof(ResidualBlock))
    {
        (this.dropout, this.resample, this.scale) = (dropout, resample, scale);
        (activation, scaleShift) = (options.Activation, options.ScaleShift);
        norm1 = new GroupNormalization(input, options, device);
        conv1 = nn.Conv2d(input, output, kernel_size: 3, padding: 1, device: device);
        time_emb_proj = nn.Linear(options.TimeWidth, scaleShift ? 2 * output : output, device: device);
        norm2 = new GroupNormalization(output, options, device);
        conv2 = nn.Conv2d(output, output, kernel_size: 3, padding: 1, device: device);
        conv_shortcut = input == output ? null : nn.Conv2d(input, output, kernel_size: 1, device: device);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public bool CheckpointsActivations { get; set; }

    internal Linear TimeLayer => time_emb_proj;

    internal Tensor FirstBias => conv1.bias!;

    internal GroupNormalization SecondNorm => norm2;

    /// <param name="x">[N, C, H, W].</param>
    /// <param name="time">The activation of the time embedding, [N, time width].</param>
    public override Tensor forward(Tensor x, Tensor time)
    {
        var drawn = training ? dropout.Next() : default;
        // x twice, so that the gradients of both branches are added to others of x one by one, as they are without: the same bits.
        return CheckpointsActivations
            ? ActivationCheckpoint.Run(given => Compute(given[0], given[1], given[2], drawn), x, x, time)
            : Compute(x, x, time, drawn);
    }

    /// <summary>A twin made of kernels.</summary>
    internal CompiledResidualBlock Compile(UNetCompiler compiler) => new(
        norm1.Compile(), Layer(conv1), norm2.Compile(), Layer(conv2), conv_shortcut is null ? null : Layer(conv_shortcut),
        resample is null ? null : new Resizing(up: resample == PlainResampling.Double), scale, compiler.Add(this, (int)conv1.weight.shape[0]));

    ICompiledResampler ICompilable.Compile(UNetCompiler compiler) => Compile(compiler);

    private static ConvolutionLayer Layer(Conv2d layer) => new(layer.weight, layer.bias);

    private Tensor Compute(Tensor x, Tensor inner, Tensor time, DropoutDraw drawn)
    {
        using var scope = NewDisposeScope();
        var h = norm1.Apply(inner, activation);
        if (resample is not null)
            (x, h) = (resample(x), resample(h));
        h = WinogradConvolution.Run(conv1, h);
        var told = time_emb_proj.call(time);
        h = scaleShift ? drawn.Apply(activation.Apply(ScaleAndShift(norm2.call(h), told))) : norm2.Apply(h, activation, told, drawn);
        h = WinogradConvolution.Run(conv2, h);
        h = (conv_shortcut is null ? x : conv_shortcut.call(x)).Plus(h);
        return (scale == 1 ? h : h.Over(scale)).MoveToOuterDisposeScope();
    }

    private static Tensor ScaleAndShift(Tensor h, Tensor told)
    {
        var parts = told.unsqueeze(-1).unsqueeze(-1).chunk(2, dim: 1);
        return (h * parts[0].Plus(1)).Plus(parts[1]);
    }
}
