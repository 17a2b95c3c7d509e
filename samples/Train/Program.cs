// Train a diffusion model on CIFAR-10 .mat files, a folder of images, or generated shapes.
using System.CommandLine;
using Ddpm;
using Ddpm.Samples;

var dataType = new Option<string>("--data_type")
    { Description = "cifar10 (.mat files), folder (your images) or shapes (generated).", DefaultValueFactory = _ => "cifar10" }
    .AcceptOnlyFromAmong("cifar10", "folder", "shapes");
var path = new Option<string>("--path")
    { Description = "The folder of the .mat files or images.", DefaultValueFactory = _ => "./cifar-10-batches-mat/" };
var size = CommonOptions.Size("Images of a folder are resized to this; generated ones are squares of the height.", 32);
var network = CommonOptions.Network("paper");
var recipe = new Option<string>("--recipe")
    { Description = "paper, reference (SmoothL1, no averaging) or small (for a CPU).", DefaultValueFactory = _ => "paper" }
    .AcceptOnlyFromAmong("paper", "reference", "small");
var batchSize = new Option<int>("--batchsize") { Description = "Images a step.", DefaultValueFactory = _ => 128 };
var epochs = new Option<int>("--epoch") { Description = "Passes over the data.", DefaultValueFactory = _ => 500 };
var steps = new Option<int?>("--steps") { Description = "Optimiser steps; instead of --epoch." };
var prediction = new Option<PredictionType>("--prediction") { Description = "What the network predicts." };
var loss = new Option<LossKind?>("--loss") { Description = "What is minimised; by default the recipe's." };
var weighting = new Option<string>("--weighting")
    { Description = "How steps count: none, min_snr, soft_min_snr or p2.", DefaultValueFactory = _ => "none" }
    .AcceptOnlyFromAmong("none", "min_snr", "soft_min_snr", "p2");
var stepSampling = new Option<string>("--step_sampling")
    {
        Description = "Which steps t are drawn: uniform, stratified, or importance (by their losses, for --loss VariationalBound).",
        DefaultValueFactory = _ => "uniform",
    }.AcceptOnlyFromAmong("uniform", "stratified", "importance");
var learnedVariance = new Option<bool>("--learned_variance")
    { Description = "The network learns the variance of each step too, for sampling in few steps." };
var selfCondition = new Option<bool>("--self_condition")
    { Description = "The network is also shown the image that it made out in the step before." };
var schedule = new ScheduleFlags();
var offsetNoise = new Option<double>("--offset_noise")
    { Description = "How much noise is common to all pixels of a channel: 0.1, for dark and bright images." };
var classes = new Option<bool>("--classes") { Description = "Tell the network the class of each image, so that it draws the one asked for." };
var labelDropout = new Option<double>("--label_dropout")
    { Description = "With --classes: how often a label is kept from the network, which makes guidance possible.", DefaultValueFactory = _ => 0.1 };
var every = new Option<int>("--every")
    { Description = "Steps between two savings of the model, sample grids and plots.", DefaultValueFactory = _ => 1000 };
var seed = CommonOptions.Seed();
var device = CommonOptions.Device();
var folder = CommonOptions.Out("out/train");
var command = new RootCommand("Trains a diffusion model; writes the model, sample grids and the loss.")
{
    dataType, path, size, network, recipe, batchSize, epochs, steps, prediction, loss, weighting, stepSampling, learnedVariance, selfCondition,
    offsetNoise, classes, labelDropout, every, seed, device, folder,
};
schedule.AddTo(command);
return SampleApp.Run(args, command, (options, stop) =>
{
    var (source, output, (height, width)) = (options.GetRequiredValue(path), options.GetRequiredValue(folder), options.GetRequiredValue(size));
    var (data, heldOut) = options.GetRequiredValue(dataType) switch
    {
        "cifar10" => (new Cifar10MatReader(source).Read(),
            File.Exists(Path.Combine(source, "test_batch.mat")) ? new Cifar10MatReader(source, Cifar10Split.Test).Read() : null),
        "folder" => (new ImageFolderReader(source, new ImageShape(3, height, width)).Read(), null),
        _ => (new ShapesReader(count: 4096, size: height).Read(), new ShapesReader(count: 200, size: height, seed: 1).Read()),
    };
    var preset = CommonOptions.NetworkOptions(options.GetRequiredValue(network));
    var learned = options.GetValue(learnedVariance);
    var variance = learned ? AncestralVariance.LearnedRange : AncestralVariance.FixedLarge;
    var builder = new DiffusionBuilder()
        .WithSchedule(schedule.Of(options))
        .WithPrediction(options.GetValue(prediction))
        .WithAncestralSampler(variance)
        .WithUNet(preset with
        {
            Image = data.Shape,
            OutputChannels = learned ? 2 * data.Shape.Channels : null,
            AttentionResolutions = [.. preset.AttentionResolutions.Select(resolution => resolution * data.Shape.Height / preset.Image.Height)],
        })
        .WithDevice(options.GetRequiredValue(device))
        .WithSeed(options.GetRequiredValue(seed));
    var conditional = options.GetValue(classes);
    if (conditional)
        builder.WithClasses(data.ClassNames?.Count
            ?? throw new ArgumentException("--classes needs images with classes: a folder of folders, one a class."));
    if (options.GetValue(selfCondition))
        builder.WithSelfConditioning();
    using var diffusion = builder.Build();

    var batch = options.GetRequiredValue(batchSize);
    var chosen = options.GetRequiredValue(recipe) switch
    {
        "reference" => TrainingOptions.ReferencePrograms,
        "small" => new TrainingOptions { LearningRate = 3e-4, WarmupSteps = 500, EmaDecay = 0.999 },
        _ => TrainingOptions.Paper,
    };
    var training = chosen with
    {
        BatchSize = batch,
        Steps = options.GetValue(steps) ?? checked(options.GetRequiredValue(epochs) * Math.Max(1, data.Count / batch)),
        Seed = options.GetRequiredValue(seed),
        Loss = options.GetValue(loss) ?? chosen.Loss,
        Weighting = options.GetRequiredValue(weighting) switch
        {
            "min_snr" => LossWeighting.MinSnr(),
            "soft_min_snr" => LossWeighting.SoftMinSnr(),
            "p2" => LossWeighting.P2(),
            _ => LossWeighting.None,
        },
        StepSampling = options.GetRequiredValue(stepSampling) switch
        {
            "stratified" => StepSampling.Stratified,
            "importance" => StepSampling.Importance(),
            _ => StepSampling.Uniform,
        },
        BoundWeight = learned && options.GetValue(loss) != LossKind.VariationalBound ? 0.001 : 0,
        Variance = variance,
        OffsetNoise = options.GetValue(offsetNoise),
        LabelDropout = conditional ? options.GetRequiredValue(labelDropout) : 0,
    };
    Console.WriteLine(
        $"{data.Count} images of {data.Shape}, {diffusion.ParameterCount:N0} parameters, {training.Steps} steps of {batch} on {diffusion.Device}");
    var recorder = new TrainingRecorder(diffusion, output)
    {
        SaveEvery = options.GetRequiredValue(every),
        PictureEvery = options.GetRequiredValue(every),
        HeldOut = heldOut,
        Sampling = new SamplingOptions { Sampler = new AncestralSampler(variance, TimestepSpacing.Trailing(Math.Min(100, diffusion.Process.Steps))) },
    };
    try
    {
        using var line = new ProgressLine("training");
        diffusion.Train(training, data, line, [recorder], stop);
    }
    catch (OperationCanceledException)
    {
        diffusion.Save(Path.Combine(output, "model"));
        SampleApp.Wrote(Path.Combine(output, "model"));
        throw;
    }
    foreach (var file in (string[])["model", "samples.png", "loss.png", "loss.csv"])
        SampleApp.Wrote(Path.Combine(output, file));
});
