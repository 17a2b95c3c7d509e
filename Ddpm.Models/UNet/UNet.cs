using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>
/// ε_θ(x_t, t) of Ho et al. 2020, appendix B: a U-Net of residual blocks with group normalisation, self-attention at chosen sizes and an embedding
/// of the step; by its options also the networks that followed it. It runs at any size that its levels divide.
/// Its names of weights are those of diffusers' UNet2DModel.
/// </summary>
public sealed class UNet
    : nn.Module<Tensor, Tensor, Tensor?, Tensor>, IConditionalDenoiser, ISelfConditionedDenoiser, IEmbeddingDenoiser, IStochasticModule,
        IChannelsLast, INetworkLimits
{
    private readonly Conv2d conv_in, conv_out;
    private readonly nn.Module<Tensor, Tensor> time_proj;
    private readonly EmbeddingLayers time_embedding;
    private readonly nn.Module<Tensor, Tensor>? class_embedding;
    private readonly ModuleList<DownBlock> down_blocks = new();
    private readonly MiddleBlock? mid_block;
    private readonly ModuleList<UpBlock> up_blocks = new();
    private readonly GroupNormalization conv_norm_out;
    private readonly DropoutNoise dropout;
    private readonly bool hasWholeBlocks;

    /// <summary>Makes a network with fresh weights on the CPU.</summary>
    /// <param name="options">Its shape; null for the paper's CIFAR-10 network.</param>
    /// <param name="seed">The same seed gives the same weights.</param>
    /// <exception cref="ArgumentException">Options that do not fit together; the message lists every fault.</exception>
    public UNet(UNetOptions? options = null, ulong seed = 0)
        : this(options ?? UNetOptions.Cifar10, device: null) => UNetInitialization.Apply(this, seed);

    // Weights are not initialised. On the META device they take no memory, only have shapes.
    internal UNet(UNetOptions options, Device? device)
        : base(nameof(UNet))
    {
        if (string.Join(" ", options.Faults()) is { Length: > 0 } faults)
            throw new ArgumentException(faults, nameof(options));

        Options = options;
        hasWholeBlocks =
            Enumerable.Range(0, options.Levels).Select(options.Width).Prepend(options.Channels).All(width => width % ChannelsLast.Block == 0);
        dropout = new DropoutNoise(options.Dropout);
        conv_in = nn.Conv2d(options.InputChannels, options.Channels, kernel_size: 3, padding: 1, device: device);
        time_proj = options.Time.Kind switch
        {
            TimeEmbeddingKind.Sinusoidal => new SinusoidalFeatures(options, device),
            TimeEmbeddingKind.Fourier => new FourierFeatures(options, device),
            _ => new LearnedFeatures(options.Time.Steps, options.TimeFeatures, device),
        };
        time_embedding = new EmbeddingLayers(options, device);
        class_embedding = options.Labels?.Kind switch
        {
            LabelKind.Embedding => new LearnedFeatures(options.Labels.Rows, options.TimeWidth, device),
            LabelKind.Timestep => new EmbeddingLayers(options, device),
            _ => null,
        };
        var skips = new Stack<long>([options.Channels]);
        for (var level = 0; level < options.Levels; level++)
        {
            down_blocks.Add(new DownBlock(level, skips.Peek(), options, dropout, device));
            var kept = options.BlocksPerLevel + (level < options.Levels - 1 ? 1 : 0);
            for (var i = 0; i < kept; i++)
                skips.Push(options.Width(level));
        }
        var below = options.Width(options.Levels - 1);
        mid_block = options.Middle.Blocks ? new MiddleBlock(below, options, dropout, device) : null;
        for (var level = options.Levels - 1; level >= 0; level--)
        {
            up_blocks.Add(new UpBlock(level, below, skips, options, dropout, device));
            below = options.Width(level);
        }
        conv_norm_out = new GroupNormalization(below, options, device);
        conv_out = nn.Conv2d(
            below, options.OutputChannels ?? options.Image.Channels, kernel_size: 3, padding: 1, bias: options.OutputBias, device: device);
        RegisterComponents();
        UNetParts.Check(options, named_parameters().Select(named => named.name));
    }

    /// <summary>The shape it was made with.</summary>
    public UNetOptions Options { get; }

    /// <inheritdoc/>
    public int Classes => Options.Labels?.Kind switch
    {
        LabelKind.Embedding => Options.Labels.Count,
        LabelKind.Timestep => Options.Time.Kind == TimeEmbeddingKind.Learned ? Options.Time.Steps : int.MaxValue,
        _ => 0,
    };

    /// <inheritdoc/>
    public int? NullClass => Options.Labels is { NullClass: true, Count: var count } ? count : null;

    /// <inheritdoc/>
    public bool TakesEstimate => Options.SelfConditioning;

    bool IEmbeddingDenoiser.TakesEmbeddings => Options.Labels?.Kind == LabelKind.Identity;

    int INetworkLimits.ReturnedChannels => ((INetworkLimits)Options).ReturnedChannels;

    string? INetworkLimits.FaultOfTime(double told) => ((INetworkLimits)Options).FaultOfTime(told);

    bool IChannelsLast.HasWholeBlocks => hasWholeBlocks;

    /// <summary>The same as <see cref="Predict"/> without an estimate.</summary>
    /// <param name="x">x_t, float32 [N, C, H, W].</param>
    /// <param name="t">float32 [N], 0-based, may be fractional.</param>
    /// <param name="labels">As <see cref="LabelKind"/> says; null for a network without classes.</param>
    public override Tensor forward(Tensor x, Tensor t, Tensor? labels = null) => Predict(x, t, labels);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A shape does not fit the network; or labels are given to a network without classes, or the reverse; or an
    /// estimate to one that takes none.</exception>
    public Tensor Predict(Tensor x, Tensor t, Tensor? labels = null, Tensor? x0 = null)
    {
        Check(x, t, labels);
        Check(x, x0);
        using var scope = NewDisposeScope();
        var time = Options.Activation.Apply(Embed(t, labels));
        var skips = new Stack<Tensor>([conv_in.call(NetworkInput(x, x0))]);
        foreach (var block in down_blocks)
            block.Forward(skips, time);
        var h = mid_block is null ? skips.Peek() : mid_block.call(skips.Peek(), time);
        foreach (var block in up_blocks)
            h = block.Forward(h, skips, time);
        h = conv_out.call(nn.functional.silu(conv_norm_out.call(h)));
        h = Options.Time.Kind == TimeEmbeddingKind.Fourier ? h / t.view(-1, 1, 1, 1) : h;
        return h.contiguous().MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Reseed(ulong seed) => dropout.Reseed(seed);

    private Tensor NetworkInput(Tensor x, Tensor? x0)
    {
        var image = Options.CenterInput ? 2 * x - 1 : x;
        image = Options.SelfConditioning ? cat([image, x0 ?? zeros_like(image)], 1) : image;
        if (image.device_type != DeviceType.CPU)
            return image;
        Convolutions.EnsureChannelsLast(hasWholeBlocks);
        return ChannelsLast.Of(image);
    }

    // [N, time width]
    private Tensor Embed(Tensor t, Tensor? labels)
    {
        var time = time_embedding.call(time_proj.call(t));
        return Options.Labels?.Kind switch
        {
            LabelKind.Embedding => time + class_embedding!.call(labels!),
            LabelKind.Timestep => time + class_embedding!.call(time_proj.call(labels!)),
            LabelKind.Identity => time + labels!,
            _ => time,
        };
    }

    private void Check(Tensor x, Tensor t, Tensor? labels)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(t);
        if (x.dim() != 4 || x.shape[1] != Options.Image.Channels)
            throw new ArgumentException($"x must be [N, {Options.Image.Channels}, H, W], but is {Shape(x)}.", nameof(x));
        if (Options.SizeFault(x.shape[2], x.shape[3]) is { } fault)
            throw new ArgumentException(fault, nameof(x));
        var n = x.shape[0];
        if (t.dim() != 1 || t.shape[0] != n)
            throw new ArgumentException($"t must be [N] = [{n}], but is {Shape(t)}.", nameof(t));
        // Only where looking waits for no other device: who tells it from the host has looked already.
        if (Options.Time.Kind == TimeEmbeddingKind.Fourier && t.device_type == DeviceType.CPU && t.le(0).any().item<bool>())
            throw new ArgumentException("With Fourier features of time t must be above 0, as their logarithm is taken, but it is not.", nameof(t));
        if (labels is null != Options.Labels is null)
            throw new ArgumentException(
                labels is not null ? "Labels were given, but this network has no classes."
                : Options.Labels!.Kind == LabelKind.Identity ? $"This network takes embeddings [N, {Options.TimeWidth}], but none were given."
                : "This network has classes, but no labels were given.",
                nameof(labels));
        long[] expected = Options.Labels?.Kind == LabelKind.Identity ? [n, Options.TimeWidth] : [n];
        if (labels is not null && !labels.shape.SequenceEqual(expected))
            throw new ArgumentException($"Labels must be [{string.Join(", ", expected)}], but are {Shape(labels)}.", nameof(labels));
    }

    private void Check(Tensor x, Tensor? x0)
    {
        if (x0 is not null && !Options.SelfConditioning)
            throw new ArgumentException("An estimate of x_0 was given, but this network takes none.", nameof(x0));
        if (x0 is not null && !x0.shape.SequenceEqual(x.shape))
            throw new ArgumentException($"The estimate of x_0 must be of x's shape {Shape(x)}, but is {Shape(x0)}.", nameof(x0));
    }

    private static string Shape(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";
}
