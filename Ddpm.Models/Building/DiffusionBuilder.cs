using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>
/// Puts a diffusion model together. Every slot has a default: <c>new DiffusionBuilder().Build()</c> is the DDPM of Ho et al. 2020 for CIFAR-10,
/// with its linear schedule of 1,000 steps, its UNet with fresh weights, and ancestral sampling with large variance and clipped x_0.
/// The last call for a slot counts.
/// </summary>
public sealed class DiffusionBuilder
{
    private const double MostSignalLeft = 0.1;

    private INoiseSchedule? schedule;
    private UNetOptions? network;
    private LabelOptions? labels;
    private bool selfConditioning;
    private (IDenoiser Denoiser, ImageShape Image)? denoiser;
    private ISampler? sampler;
    private string? samplerToGive;
    private PredictorOptions prediction = new();
    private IDatasetReader? dataset;
    private Device? device;
    private (string File, PretrainedOptions Options)? weights;
    private ulong seed;

    /// <summary>A builder with the parts of a checkpoint, whatever made it; any of them can be replaced before building.</summary>
    /// <param name="path">What <see cref="Diffusion.Save"/> wrote, a diffusers pipeline's folder, or a file of weights of any known layout.</param>
    /// <param name="options">What the checkpoint does not say itself.</param>
    /// <exception cref="IOException">A file is missing, or it is damaged or unknown (<see cref="DataFormatException"/>).</exception>
    /// <exception cref="ArgumentException">The checkpoint does not say a setting that is needed; the message names it.</exception>
    public static DiffusionBuilder FromPretrained(string path, PretrainedOptions? options = null) =>
        new DiffusionBuilder().With(Pretrained.Describe(path, options ?? new()));

    /// <summary>The noise schedule.</summary>
    public DiffusionBuilder WithSchedule(INoiseSchedule schedule) => Set(ref this.schedule, schedule);

    /// <inheritdoc cref="LinearSchedule(int, double?, double?)"/>
    public DiffusionBuilder WithLinearSchedule(int steps = 1000, double? first = null, double? last = null) =>
        WithSchedule(new LinearSchedule(steps, first, last));

    /// <inheritdoc cref="CosineSchedule(int)"/>
    public DiffusionBuilder WithCosineSchedule(int steps = 1000) => WithSchedule(new CosineSchedule(steps));

    /// <inheritdoc cref="ScaledLinearSchedule(int, double?, double?)"/>
    public DiffusionBuilder WithScaledLinearSchedule(int steps = 1000, double? first = null, double? last = null) =>
        WithSchedule(new ScaledLinearSchedule(steps, first, last));

    /// <inheritdoc cref="SigmoidSchedule(int, double?, double?)"/>
    public DiffusionBuilder WithSigmoidSchedule(int steps = 1000, double? first = null, double? last = null) =>
        WithSchedule(new SigmoidSchedule(steps, first, last));

    /// <inheritdoc cref="LaplaceSchedule(int)"/>
    public DiffusionBuilder WithLaplaceSchedule(int steps = 1000) => WithSchedule(new LaplaceSchedule(steps));

    /// <inheritdoc cref="TabulatedSchedule(IEnumerable{double})"/>
    public DiffusionBuilder WithBetas(IEnumerable<double> betas) => WithSchedule(new TabulatedSchedule(betas));

    /// <summary>Any network, trained or not. It stays the caller's: it is neither moved nor disposed.</summary>
    /// <param name="denoiser">The network, or a formula.</param>
    /// <param name="image">C, H, W of the images that it denoises.</param>
    public DiffusionBuilder WithDenoiser(IDenoiser denoiser, ImageShape image)
    {
        ArgumentNullException.ThrowIfNull(denoiser);
        this.denoiser = (denoiser, image);
        return this;
    }

    /// <summary>A UNet with fresh weights, made and owned by the diffusion.</summary>
    /// <exception cref="ArgumentException">Options that do not fit together; the message lists every fault.</exception>
    public DiffusionBuilder WithUNet(UNetOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        network = options;
        return this;
    }

    /// <summary>Class labels for the UNet, whatever its other options; for weights from a file, what the rows of its class embedding are.</summary>
    /// <param name="count">How many classes.</param>
    /// <param name="nullClass">Whether there is a row for no class too, which guidance needs.</param>
    public DiffusionBuilder WithClasses(int count, bool nullClass = true)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        labels = new LabelOptions { Count = count, NullClass = nullClass };
        return this;
    }

    /// <summary>
    /// Self-conditioning for the UNet, whatever its other options: it is also shown its x_0 of the step before (Chen et al. 2022); for weights from a
    /// file, what half of the channels that they see are.
    /// </summary>
    public DiffusionBuilder WithSelfConditioning()
    {
        selfConditioning = true;
        return this;
    }

    /// <summary>The sampler.</summary>
    public DiffusionBuilder WithSampler(ISampler sampler)
    {
        samplerToGive = null;
        return Set(ref this.sampler, sampler);
    }

    /// <inheritdoc cref="AncestralSampler(AncestralVariance, TimestepSpacing?)"/>
    public DiffusionBuilder WithAncestralSampler(AncestralVariance variance = AncestralVariance.FixedLarge, TimestepSpacing? spacing = null) =>
        WithSampler(new AncestralSampler(variance, spacing));

    /// <summary>
    /// What a scheduler of diffusers says: schedule, prediction, clipping and sampler, which computes as diffusers does
    /// (<see cref="GridSampler.MatchesDiffusers"/>).
    /// </summary>
    /// <param name="path">Its scheduler_config.json.</param>
    /// <param name="options">Steps, η and use of the clipped output; null for the defaults.</param>
    /// <exception cref="IOException">The file is missing, or it is not one of a scheduler that is known here
    /// (<see cref="DataFormatException"/>).</exception>
    public DiffusionBuilder WithScheduler(string path, PretrainedOptions? options = null) =>
        With(PipelineFolder.DescribeScheduler(path, ddimPipeline: false, options ?? new()));

    /// <summary>What the network predicts, in training and in sampling: ε by default.</summary>
    public DiffusionBuilder WithPrediction(PredictionType type) => WithPrediction(prediction with { Type = type });

    /// <summary>How the network's output becomes x_0 and ε, all at once.</summary>
    public DiffusionBuilder WithPrediction(PredictorOptions options) => Set(ref prediction, options);

    /// <summary>Clips x_0 to ± this range while sampling; null: no clipping.</summary>
    public DiffusionBuilder WithClipping(double? range = 1) => WithPrediction(prediction with { Clip = range, Threshold = null });

    /// <summary>Clips x_0 by a quantile of each image while sampling (Saharia et al. 2022).</summary>
    public DiffusionBuilder WithDynamicThresholding(double ratio = 0.995, double maximum = 1) =>
        WithPrediction(prediction with { Threshold = new DynamicThreshold { Ratio = ratio, Maximum = maximum } });

    /// <summary>Where training images come from; read when training begins.</summary>
    public DiffusionBuilder WithDataset(IDatasetReader reader) => Set(ref dataset, reader);

    /// <summary>CIFAR-10 in .mat files.</summary>
    /// <param name="folder">Holds data_batch_1.mat to data_batch_5.mat.</param>
    public DiffusionBuilder WithCifar10(string folder) => WithDataset(new Cifar10MatReader(folder));

    /// <summary>Where to compute; by default on the CPU, or where a given denoiser is.</summary>
    public DiffusionBuilder WithDevice(Device device) => Set(ref this.device, device);

    /// <summary>
    /// Weights for the UNet, read when it is built. Without options of its own (<see cref="WithUNet"/>) the network is what the file tells.
    /// </summary>
    /// <param name="path">A file of weights with this library's names or those of any known layout: safetensors, its shards' index,
    /// or PyTorch's .pth.</param>
    /// <param name="options">What the file does not say itself.</param>
    public DiffusionBuilder WithWeights(string path, PretrainedOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        weights = (path, options ?? new());
        return this;
    }

    /// <summary>The seed of fresh weights.</summary>
    public DiffusionBuilder WithSeed(ulong seed)
    {
        this.seed = seed;
        return this;
    }

    /// <summary>Puts the parts together. The builder can go on to build others. What is odd but may be meant is in
    /// <see cref="Diffusion.Warnings"/>.</summary>
    /// <exception cref="DiffusionConfigurationException">The parts do not fit together; it lists every fault.</exception>
    /// <exception cref="IOException">The weights are missing, damaged or another network's.</exception>
    public Diffusion Build()
    {
        var process = Check();
        var where = device ?? Diffusion.HomeOf(denoiser?.Denoiser) ?? CPU;
        if (denoiser is { } given)
            return Make(given.Denoiser, given.Image, SamplerOrDefault, prediction, owned: null);
        if (weights is not { } source)
            return Of(new UNet(WithExtras(network ?? UNetOptions.Cifar10), seed), SamplerOrDefault, prediction);
        using var file = CheckpointFile.Open(source.File, source.Options);
        var told = selfConditioning ? source.Options with { SelfConditioning = true } : source.Options;
        var options = WithExtras(network ?? NetworkShape.Infer(file.Weights, told));
        var said = FileProcess.Of(file.Weights, options, source.Options, sampler, prediction, process, schedule is not null);
        if (FaultOfVariance(options, said.Sampler, options.Image) is { } fault)
            throw new DiffusionConfigurationException([fault]);
        return Of(UNetWeights.Load(options, file.Weights, source.Options), said.Sampler, said.Prediction);

        Diffusion Of(UNet unet, ISampler sampler, PredictorOptions prediction)
        {
            unet.eval();
            return Make(unet.to(where), unet.Options.Image, sampler, prediction, owned: unet);
        }

        Diffusion Make(IDenoiser network, ImageShape image, ISampler sampler, PredictorOptions prediction, IDisposable? owned) =>
            new(process, network, image, sampler, prediction, dataset, where, owned) { Warnings = Oddities(process) };
    }

    private ISampler SamplerOrDefault => sampler ?? new AncestralSampler();

    private GaussianDiffusion Check()
    {
        var faults = new List<string>();
        GaussianDiffusion? process = null;
        Try(() => process = new(schedule ?? weights?.Options.Schedule ?? new LinearSchedule()), faults);
        if (process is not null)
        {
            Try(() => SamplerOrDefault.Check(process.Path), faults);
            Try(() => prediction.Check(process.Path), faults);
        }
        if (samplerToGive is not null)
            faults.Add(samplerToGive);
        if (denoiser is not null && network is not null)
            faults.Add("There must be one network, but both a denoiser and a UNet were given.");
        if (denoiser is not null && weights is not null)
            faults.Add("Weights are for a UNet, but a denoiser was given.");
        if (denoiser is not null && labels is not null)
            faults.Add("Classes are for a UNet, but a denoiser was given.");
        if (denoiser is not null && selfConditioning)
            faults.Add("Self-conditioning is for a UNet, but a denoiser was given: one that takes an estimate of x_0 says so itself.");
        if (denoiser is { Image.Channels: 0 })
            faults.Add("A denoiser needs the shape of its images.");
        if (DeviceFault(Diffusion.HomeOf(denoiser?.Denoiser)) is { } fault)
            faults.Add(fault);
        if (process is not null)
            faults.AddRange(FaultsOfFit(process.Path));
        return faults.Count == 0 ? process! : throw new DiffusionConfigurationException(faults);
    }

    // Betas of few steps may be meant, to repeat a program that has them; so this is no fault.
    private static string[] Oddities(GaussianDiffusion process) => process.Path.SignalLeft > MostSignalLeft
        ? [FormattableString.Invariant(
            $"After its last step the process should be noise, but {process.Path.SignalLeft:P0} of the image is left: ")
            + "images drawn from noise will have too little contrast. Without betas of their own the schedules scale with the number of steps."]
        : [];

    // What is known of the network before it is made. One with weights of its own may be opened to be looked at: sampling says what does not fit.
    private List<string> FaultsOfFit(DiffusionPath path)
    {
        var faults = new List<string>();
        var fresh = denoiser is null && weights is null ? WithExtras(network ?? UNetOptions.Cifar10) : null;
        var limits = denoiser?.Denoiser as INetworkLimits ?? fresh;
        Try(() => NetworkFit.CheckTold(limits, path, prediction.Input), faults);
        if ((denoiser?.Image ?? fresh?.Image) is { } image && FaultOfVariance(limits, SamplerOrDefault, image) is { } fault)
            faults.Add(fault);
        return faults;
    }

    private static string? FaultOfVariance(INetworkLimits? limits, ISampler sampler, ImageShape image)
    {
        var faults = new List<string>();
        Try(() => NetworkFit.CheckVariance(limits, sampler, image.Channels), faults);
        return faults.FirstOrDefault();
    }

    // A device without a number is any of its kind.
    private string? DeviceFault(Device? home)
    {
        if (home is not null && device is not null
            && (home.type != device.type || (Math.Min(home.index, device.index) >= 0 && home.index != device.index)))
            return $"The denoiser must be on the device asked for, but it is on {home} and the device is {device}.";
        if (device?.type != DeviceType.CUDA)
            return null;
        if (!cuda.is_available())
            return $"Device {device} was asked for, but no CUDA device is available: build with TorchBackend=cuda on a machine that has one.";
        return device.index < cuda.device_count()
            ? null
            : $"Device {device} was asked for, but there are {cuda.device_count()} CUDA devices, from cuda:0 on.";
    }

    private UNetOptions WithExtras(UNetOptions options) =>
        options with { Labels = labels ?? options.Labels, SelfConditioning = selfConditioning || options.SelfConditioning };

    // What a checkpoint does not say stays.
    private DiffusionBuilder With(CheckpointParts parts)
    {
        (schedule, network, weights) = (parts.Schedule ?? schedule, parts.Network ?? network, parts.Weights ?? weights);
        (prediction, sampler, samplerToGive) = (parts.Prediction ?? prediction, parts.Sampler ?? sampler, parts.SamplerToGive);
        return this;
    }

    private DiffusionBuilder Set<T>(ref T slot, T value)
    {
        ArgumentNullException.ThrowIfNull(value);
        slot = value;
        return this;
    }

    private static void Try(Action check, List<string> faults)
    {
        try
        {
            check();
        }
        catch (ArgumentException fault)
        {
            faults.Add(fault.Message);
        }
    }
}
