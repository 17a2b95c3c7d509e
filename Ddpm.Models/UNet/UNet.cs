using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>
/// ε_θ(x_t, t) of Ho et al. 2020, appendix B: a U-Net of residual blocks with group normalisation, self-attention at chosen sizes and a
/// sinusoidal time embedding. It runs at any size that its levels divide. Its names of weights are those of diffusers' UNet2DModel.
/// </summary>
public sealed class UNet : nn.Module<Tensor, Tensor, Tensor?, Tensor>, IDenoiser, IStochasticModule
{
    private readonly Conv2d conv_in, conv_out;
    private readonly TimeEmbedding time_embedding;
    private readonly ModuleList<DownBlock> down_blocks = new();
    private readonly MiddleBlock mid_block;
    private readonly ModuleList<UpBlock> up_blocks = new();
    private readonly GroupNormalization conv_norm_out;
    private readonly DropoutNoise dropout;

    /// <summary>Makes a network with fresh weights on the CPU.</summary>
    /// <param name="options">Its shape; null for the paper's CIFAR-10 network.</param>
    /// <param name="seed">The same seed gives the same weights.</param>
    /// <exception cref="ArgumentException">Options that do not fit together; the message lists every fault.</exception>
    public UNet(UNetOptions? options = null, ulong seed = 0)
        : base(nameof(UNet))
    {
        Options = options ?? UNetOptions.Cifar10;
        if (string.Join(" ", Options.Faults()) is { Length: > 0 } faults)
            throw new ArgumentException(faults, nameof(options));

        var time = 4L * Options.Channels;
        dropout = new DropoutNoise(Options.Dropout);
        conv_in = nn.Conv2d(Options.Image.Channels, Options.Channels, kernel_size: 3, padding: 1);
        time_embedding = new TimeEmbedding(Options.Channels);
        var skips = new Stack<long>([Options.Channels]);
        for (var level = 0; level < Options.Levels; level++)
        {
            down_blocks.Add(new DownBlock(level, skips.Peek(), time, Options, dropout));
            var kept = Options.BlocksPerLevel + (level < Options.Levels - 1 ? 1 : 0);
            for (var i = 0; i < kept; i++)
                skips.Push(Options.Width(level));
        }
        mid_block = new MiddleBlock(skips.Peek(), time, Options, dropout);
        var below = skips.Peek();
        for (var level = Options.Levels - 1; level >= 0; level--)
        {
            up_blocks.Add(new UpBlock(level, below, skips, time, Options, dropout));
            below = Options.Width(level);
        }
        conv_norm_out = new GroupNormalization(below, Options);
        conv_out = nn.Conv2d(below, Options.Image.Channels, kernel_size: 3, padding: 1, bias: Options.OutputBias);
        RegisterComponents();
        UNetInitialization.Apply(this, seed);
    }

    /// <summary>The shape it was made with.</summary>
    public UNetOptions Options { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A shape does not fit the network, or labels are given to a network without classes.</exception>
    public Tensor Predict(Tensor x, Tensor t, Tensor? labels = null) => forward(x, t, labels);

    /// <summary>The same as <see cref="Predict"/>.</summary>
    /// <param name="x">x_t, float32 [N, C, H, W].</param>
    /// <param name="t">float32 [N], 0-based, may be fractional.</param>
    /// <param name="labels">null: this network has no classes.</param>
    public override Tensor forward(Tensor x, Tensor t, Tensor? labels = null)
    {
        Check(x, t, labels);
        using var scope = NewDisposeScope();
        var time = nn.functional.silu(time_embedding.forward(t));
        var skips = new Stack<Tensor>([conv_in.forward(x)]);
        foreach (var block in down_blocks)
            block.Forward(skips, time);
        var h = mid_block.forward(skips.Peek(), time);
        foreach (var block in up_blocks)
            h = block.Forward(h, skips, time);
        return conv_out.forward(nn.functional.silu(conv_norm_out.forward(h))).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Reseed(ulong seed) => dropout.Reseed(seed);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            dropout.Dispose();
        base.Dispose(disposing);
    }

    private void Check(Tensor x, Tensor t, Tensor? labels)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(t);
        if (x.dim() != 4 || x.shape[1] != Options.Image.Channels)
            throw new ArgumentException($"x must be [N, {Options.Image.Channels}, H, W], but is [{string.Join(", ", x.shape)}].", nameof(x));
        if (Options.SizeFault(x.shape[2], x.shape[3]) is { } fault)
            throw new ArgumentException(fault, nameof(x));
        if (t.dim() != 1 || t.shape[0] != x.shape[0])
            throw new ArgumentException($"t must be [N] = [{x.shape[0]}], but is [{string.Join(", ", t.shape)}].", nameof(t));
        if (labels is not null)
            throw new ArgumentException("Labels were given, but this network has no classes.", nameof(labels));
    }
}
