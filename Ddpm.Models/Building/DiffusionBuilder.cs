using Ddpm.Denoising;
using Ddpm.Networks;
using Ddpm.Samplers;
using Ddpm.Schedules;
using Ddpm.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>
/// Puts a diffusion model together. Every slot has a default: <c>new DiffusionBuilder().Build()</c> is the DDPM of Ho et al. 2020 for CIFAR-10,
/// with its linear schedule of 1,000 steps, its UNet with fresh weights, and ancestral sampling with large variance and clipped x_0.
/// The last call for a slot counts.
/// </summary>
public sealed partial class DiffusionBuilder
{
    private const double MostSignalLeft = 0.1;

    private INoiseSchedule? schedule;
    private NetworkSlot network = new();
    private ISampler? sampler;
    private string? samplerToGive;
    private PredictorOptions prediction = new();
    private TrainingLevels levels = TrainingLevels.Uniform;
    private IDatasetReader? dataset;
    private Device? device;

    /// <summary>The noise schedule.</summary>
    public DiffusionBuilder WithSchedule(INoiseSchedule schedule) => Set(ref this.schedule, schedule);

    /// <summary>Any network, trained or not. It stays the caller's: it is neither moved nor disposed.</summary>
    /// <param name="denoiser">The network, or a formula.</param>
    /// <param name="image">C, H, W of the images that it denoises; null: what its traits say.</param>
    public DiffusionBuilder WithDenoiser(IDenoiser denoiser, ImageShape? image = null)
    {
        ArgumentNullException.ThrowIfNull(denoiser);
        network = network with { Given = denoiser, Image = image };
        return this;
    }

    /// <summary>A network of a registered kind (<see cref="NetworkKinds"/>) with fresh weights, made and owned by the diffusion.</summary>
    public DiffusionBuilder WithNetwork(NetworkDescription description)
    {
        ArgumentNullException.ThrowIfNull(description);
        network = network with { Description = description };
        return this;
    }

    /// <summary>A UNet with fresh weights, made and owned by the diffusion.</summary>
    /// <exception cref="ArgumentException">Options that do not fit together; the message lists every fault.</exception>
    public DiffusionBuilder WithUNet(UNetOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        return WithNetwork(new(UNet.Kind, options));
    }

    /// <summary>Class labels for the UNet, whatever its other options; for weights from a file, what the rows of its class embedding are.</summary>
    /// <param name="count">How many classes.</param>
    /// <param name="nullClass">Whether there is a row for no class too, which guidance needs.</param>
    public DiffusionBuilder WithClasses(int count, bool nullClass = true)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        network = network with { Labels = new() { Count = count, NullClass = nullClass } };
        return this;
    }

    /// <summary>
    /// Self-conditioning for the UNet, whatever its other options: it is also shown its x_0 of the step before (Chen et al. 2022); for weights from a
    /// file, what half of the channels that they see are.
    /// </summary>
    public DiffusionBuilder WithSelfConditioning()
    {
        network = network with { SelfConditioning = true };
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

    /// <summary>What the network is shown, told and asked for, in training and in sampling: ε by x_t and the step by default.</summary>
    public DiffusionBuilder WithParameterization(Parameterization parameterization) =>
        WithPrediction(prediction with { Parameterization = parameterization });

    /// <summary>What the network predicts, in training and in sampling: ε by default. The rest of the parameterization stays.</summary>
    public DiffusionBuilder WithPrediction(PredictionType type) =>
        WithParameterization(prediction.Parameterization with { Prediction = type });

    /// <summary>How the network's output becomes x_0 and ε, all at once.</summary>
    public DiffusionBuilder WithPrediction(PredictorOptions options) => Set(ref prediction, options);

    /// <summary>
    /// The network says the variance too, in second C channels: a UNet that the builder makes gets them. It learns with
    /// <see cref="TrainingOptions.BoundWeight"/> (Nichol and Dhariwal 2021).
    /// </summary>
    public DiffusionBuilder WithLearnedVariance(LearnedVariance kind = LearnedVariance.Range) =>
        WithParameterization(prediction.Parameterization with { Variance = kind });

    /// <summary>Which points of the path training visits, unless its options say. Uniform steps by default.</summary>
    public DiffusionBuilder WithTrainingLevels(TrainingLevels levels) => Set(ref this.levels, levels);

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

    /// <summary>Where to compute, by name: "cpu", "cuda", "cuda:1", "mps".</summary>
    /// <exception cref="ArgumentException">It is not the name of a device.</exception>
    public DiffusionBuilder WithDevice(string device)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(device);
        return WithDevice(DeviceName.Parse(device));
    }

    /// <summary>
    /// Weights for the UNet, read when it is built. Without options of its own (<see cref="WithUNet"/>) the network is what the file tells.
    /// </summary>
    /// <param name="path">A file of weights with this library's names or those of any known layout: safetensors, its shards' index,
    /// or PyTorch's .pth.</param>
    /// <param name="options">What the file does not say itself.</param>
    public DiffusionBuilder WithWeights(string path, PretrainedOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        network = network with { Weights = (path, options ?? new()) };
        return this;
    }

    /// <summary>The seed of fresh weights, also of those of <see cref="WhenTrained.StartAnew"/>. 0 by default.</summary>
    public DiffusionBuilder WithSeed(ulong seed)
    {
        network = network with { Seed = seed };
        return this;
    }

    private Parameterization Parameterization => prediction.Parameterization;

    /// <summary>Puts the parts together. The builder can go on to build others. What is odd but may be meant is in
    /// <see cref="Diffusion.Warnings"/>.</summary>
    /// <exception cref="DiffusionConfigurationException">The parts do not fit together; it lists every fault.</exception>
    /// <exception cref="IOException">The weights are missing, damaged or another network's.</exception>
    public Diffusion Build()
    {
        var process = Check();
        SetTensorFloat32();
        var where = device ?? network.Given?.Home() ?? CPU;
        if (network.Given is { } given)
            return Make(given, network.ImageOfGiven!.Value, SamplerOrDefault, prediction, isOwned: false);
        if (network.Weights is not { } source)
            return Owned(network.Make(Parameterization), SamplerOrDefault, prediction, isFresh: true);
        if (network.Description is { Kind: not UNet.Kind } other)
            return Owned(NetworkKinds.Find(other.Kind)!.Load(other.Options, source.File), SamplerOrDefault, prediction);
        using var file = CheckpointFile.Open(source.File, source.Options);
        var options = network.OptionsOf(file.Weights, source.Options);
        var said = FileProcess.Of(file.Weights, options, source.Options, sampler, prediction, process, schedule is not null);
        if (FaultOf(() => NetworkFit.CheckVariance(options.Traits(), said.Prediction.Parameterization, options.Image.Channels)) is { } fault)
            throw new DiffusionConfigurationException([fault]);
        return Owned(UNetWeights.Load(options, file.Weights, source.Options), said.Sampler, said.Prediction);

        Diffusion Owned(IDenoiser made, ISampler sampler, PredictorOptions prediction, bool isFresh = false)
        {
            made.Network!.eval();
            made.Network.to(where);
            return Make(made, made.Traits.Image!.Value, sampler, prediction, isOwned: true, isFresh);
        }

        Diffusion Make(
            IDenoiser denoiser, ImageShape image, ISampler sampler, PredictorOptions prediction, bool isOwned, bool isFresh = false) =>
            new(process, denoiser, image, sampler, prediction, levels, dataset, where, isOwned, isFresh)
            {
                Warnings = Oddities(process),
                ClassNames = ClassNamesOf(denoiser, isOwned),
                IsTrained = network.Weights is not null,
                FreshSeed = network.Seed,
            };
    }

    private ISampler SamplerOrDefault => sampler ?? new AncestralSampler();

    private GaussianDiffusion Check()
    {
        var faults = new List<string>();
        GaussianDiffusion? process = null;
        Try(() => process = new(schedule ?? network.Weights?.Options.Schedule ?? new LinearSchedule()), faults);
        if (process is not null)
        {
            Try(() => SamplerOrDefault.Check(process.Path), faults);
            Try(() => Parameterization.Check(process.Path), faults);
        }
        if (samplerToGive is not null)
            faults.Add(samplerToGive);
        faults.AddRange(network.Faults());
        if (DeviceName.Fault(device, network.Given?.Home()) is { } fault)
            faults.Add(fault);
        if (process is not null)
            CheckFit(process.Path, faults);
        return faults.Count == 0 ? process! : throw new DiffusionConfigurationException(faults);
    }

    // What is known of the network before it is made. One with weights of its own may be opened to be looked at: sampling says what does not fit.
    private void CheckFit(DiffusionPath path, List<string> faults)
    {
        var (traits, isNetwork, image) = network.Known(Parameterization);
        traits ??= NetworkTraits.Unknown;
        if (FaultOfClassNames(traits.Classes) is { } fault)
            faults.Add(fault);
        Try(() => NetworkFit.CheckTime(traits, isNetwork, path, Parameterization), faults);
        if (image is { } shape)
            Try(() => NetworkFit.CheckVariance(traits, Parameterization, shape.Channels), faults);
    }

    // Betas of few steps may be meant, to repeat a program that has them; so this is no fault.
    private static string[] Oddities(GaussianDiffusion process) => process.Path.SignalLeft > MostSignalLeft
        ? [FormattableString.Invariant(
            $"After its last step the process should be noise, but {process.Path.SignalLeft:P0} of the image is left: ")
            + "images drawn from noise will have too little contrast. Without betas of their own the schedules scale with the number of steps."]
        : [];

    private DiffusionBuilder Set<T>(ref T slot, T value)
    {
        ArgumentNullException.ThrowIfNull(value);
        slot = value;
        return this;
    }

    private static string? FaultOf(Action check)
    {
        var faults = new List<string>();
        Try(check, faults);
        return faults.FirstOrDefault();
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
