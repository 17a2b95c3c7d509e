using Ddpm.Networks;
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
    : nn.Module<Tensor, Tensor, Tensor?, Tensor>, IDenoiser, IStochasticModule
{
    /// <summary>The kind that files name.</summary>
    internal const string Kind = "unet";

    private readonly Conv2d conv_in, conv_out;
    private readonly nn.Module<Tensor, Tensor> time_proj;
    private readonly EmbeddingLayers time_embedding;
    private readonly nn.Module<Tensor, Tensor>? class_embedding;
    private readonly ModuleList<DownBlock> down_blocks = new();
    private readonly MiddleBlock? mid_block;
    private readonly ModuleList<UpBlock> up_blocks = new();
    private readonly GroupNormalization conv_norm_out;
    private readonly DropoutNoise dropout;

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
        Twins = new(this);
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
    public NetworkTraits Traits => field ??= Options.Traits();

    /// <inheritdoc/>
    public NetworkDescription Description => new(Kind, Options);

    /// <summary>
    /// Whether images, and the weights of convolutions, lie in memory as [N, H, W, C] where the network computes on a GPU. false by default: as
    /// [N, C, H, W]. cuDNN's fastest convolutions in bfloat16 and TF32 take the former; group normalisation is then made of more and smaller
    /// steps, so that few images at once may take longer. On the CPU images always lie as [N, H, W, C]. The value is not saved, and cannot be set
    /// while the network is trained.
    /// </summary>
    public bool ChannelsLastOnGpu
    {
        get;
        set
        {
            using var noGrad = no_grad();
            foreach (var convolution in modules().OfType<Conv2d>())
            {
                using var laid = value ? ChannelsLast.Of(convolution.weight) : convolution.weight.contiguous();
                convolution.weight.set_(laid);
            }
            field = value;
        }
    }

    /// <summary>The same as <see cref="Predict"/> with labels alone.</summary>
    /// <param name="x">x_t, float32 [N, C, H, W].</param>
    /// <param name="t">float32 [N], 0-based, may be fractional.</param>
    /// <param name="labels">As <see cref="LabelKind"/> says; null for a network without classes.</param>
    public override Tensor forward(Tensor x, Tensor t, Tensor? labels = null) =>
        Predict(x, t, labels is null ? null : new Conditioning { Labels = labels });

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A shape does not fit the network; or something is given that it does not take, or not given that it
    /// needs.</exception>
    public Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null)
    {
        UNetInput.Check(Options, x, t, conditioning);
        using var scope = NewDisposeScope();
        var time = TimeOf(t, conditioning);
        var skips = new Stack<Tensor>([conv_in.call(FirstInput(x, conditioning))]);
        foreach (var block in down_blocks)
            block.Forward(skips, time);
        var h = mid_block is null ? skips.Peek() : mid_block.call(skips.Peek(), time);
        foreach (var block in up_blocks)
            h = block.Forward(h, skips, time);
        h = conv_out.call(conv_norm_out.Apply(h, Activation.SiLU));
        h = Options.Time.Kind == TimeEmbeddingKind.Fourier ? h / t.view(-1, 1, 1, 1) : h;
        return h.contiguous().MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Reseed(ulong seed, int firstImage = 0) => dropout.Reseed(seed, firstImage);

    /// <summary>What its weights are compiled to.</summary>
    internal UNetTwins Twins { get; }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Twins.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>A twin made of kernels, of copies of the weights.</summary>
    internal CompiledUNet Compile()
    {
        var compiler = new UNetCompiler();
        CompiledLevel[] down = [.. down_blocks.Select(block => block.Compile(compiler))];
        var middle = mid_block?.Compile(compiler);
        CompiledLevel[] up = [.. up_blocks.Select(block => block.Compile(compiler))];
        return new(
            this, new(conv_in.weight, conv_in.bias), down, middle, up, conv_norm_out.Compile(), new(conv_out.weight, conv_out.bias),
            compiler.Time(Options.ScaleShift));
    }

    /// <summary>What all blocks see of the time, [N, time width].</summary>
    internal Tensor TimeOf(Tensor t, Conditioning? given)
    {
        using var scope = NewDisposeScope();
        return Options.Activation.Apply(Embed(t, given)).MoveToOuterDisposeScope();
    }

    /// <summary>x, then an estimate of x_0, then the image of the condition; on the CPU with channels last.</summary>
    internal Tensor FirstInput(Tensor x, Conditioning? given)
    {
        var image = Options.CenterInput ? x.Times(2).Minus(1) : x;
        if (Options.SelfConditioning)
            image = cat([image, given?.Estimate ?? zeros_like(image)], 1);
        if (Options.ConditionChannels > 0)
            image = cat([image, given!.Image!], 1);
        if (image.device_type != DeviceType.CPU)
            return ChannelsLastOnGpu ? ChannelsLast.Of(image) : image.contiguous();
        Convolutions.EnsureChannelsLast(Options.HasWholeBlocks);
        return ChannelsLast.Of(image);
    }

    // [N, time width]
    private Tensor Embed(Tensor t, Conditioning? given)
    {
        var time = time_embedding.call(time_proj.call(t));
        return Options.Labels?.Kind switch
        {
            LabelKind.Embedding => time.Plus(class_embedding!.call(given!.Labels!)),
            LabelKind.Timestep => time.Plus(class_embedding!.call(time_proj.call(given!.Labels!))),
            LabelKind.Identity => time.Plus(given!.Embedding!),
            _ => time,
        };
    }
}
