// Train a diffusion model on CIFAR-10 .mat files, a folder of images, or generated shapes.
using System.CommandLine;
using Ddpm;
using Ddpm.Samples;

var dataType = new Option<string>("--data_type") { Description = "cifar10 (.mat files), folder (your images) or shapes (generated).", DefaultValueFactory = _ => "cifar10" }
    .AcceptOnlyFromAmong("cifar10", "folder", "shapes");
var path = new Option<string>("--path") { Description = "The folder of the .mat files or images.", DefaultValueFactory = _ => "./cifar-10-batches-mat/" };
var size = new Option<int>("--size") { Description = "Images of a folder are resized to a square of so many pixels.", DefaultValueFactory = _ => 32 };
var network = CommonOptions.Network("paper");
var recipe = new Option<string>("--recipe") { Description = "paper, reference (SmoothL1, no averaging) or small (for a CPU).", DefaultValueFactory = _ => "paper" }
    .AcceptOnlyFromAmong("paper", "reference", "small");
var batchSize = new Option<int>("--batchsize") { Description = "Images a step.", DefaultValueFactory = _ => 128 };
var epochs = new Option<int>("--epoch") { Description = "Passes over the data.", DefaultValueFactory = _ => 500 };
var steps = new Option<int?>("--steps") { Description = "Optimiser steps; instead of --epoch." };
var timesteps = CommonOptions.Timesteps();
var betaStart = CommonOptions.BetaStart();
var betaEnd = CommonOptions.BetaEnd();
var every = new Option<int>("--every") { Description = "Steps between two savings of the model, sample grids and plots.", DefaultValueFactory = _ => 1000 };
var seed = CommonOptions.Seed();
var device = CommonOptions.Device();
var folder = CommonOptions.Out("out/train");
var command = new RootCommand("Trains a diffusion model; writes the model, sample grids and the loss.")
    { dataType, path, size, network, recipe, batchSize, epochs, steps, timesteps, betaStart, betaEnd, every, seed, device, folder };
return SampleApp.Run(args, command, (options, stop) =>
{
    var (source, output, edge) = (options.GetRequiredValue(path), options.GetRequiredValue(folder), options.GetRequiredValue(size));
    var (data, heldOut) = options.GetRequiredValue(dataType) switch
    {
        "cifar10" => (new Cifar10MatReader(source).Read(), File.Exists(Path.Combine(source, "test_batch.mat")) ? new Cifar10MatReader(source, Cifar10Split.Test).Read() : null),
        "folder" => (new ImageFolderReader(source, new ImageShape(3, edge, edge)).Read(), null),
        _ => (new ShapesReader(count: 4096, size: edge).Read(), new ShapesReader(count: 200, size: edge, seed: 1).Read()),
    };
    var preset = CommonOptions.NetworkOptions(options.GetRequiredValue(network));
    using var diffusion = new DiffusionBuilder()
        .WithLinearSchedule(options.GetRequiredValue(timesteps), options.GetRequiredValue(betaStart), options.GetRequiredValue(betaEnd))
        .WithUNet(preset with { Image = data.Shape, AttentionResolutions = [.. preset.AttentionResolutions.Select(height => height * data.Shape.Height / preset.Image.Height)] })
        .WithDevice(options.GetRequiredValue(device))
        .WithSeed(options.GetRequiredValue(seed))
        .Build();

    var batch = options.GetRequiredValue(batchSize);
    var training = options.GetRequiredValue(recipe) switch
    {
        "reference" => TrainingOptions.ReferencePrograms,
        "small" => new TrainingOptions { LearningRate = 3e-4, WarmupSteps = 500, EmaDecay = 0.999 },
        _ => TrainingOptions.Paper,
    } with
    {
        BatchSize = batch,
        Steps = options.GetValue(steps) ?? checked(options.GetRequiredValue(epochs) * Math.Max(1, data.Count / batch)),
        Seed = options.GetRequiredValue(seed),
    };
    Console.WriteLine($"{data.Count} images of {data.Shape}, {diffusion.ParameterCount:N0} parameters, {training.Steps} steps of {batch} on {diffusion.Device}");
    var recorder = new TrainingRecorder(diffusion, output)
    {
        SaveEvery = options.GetRequiredValue(every),
        PictureEvery = options.GetRequiredValue(every),
        HeldOut = heldOut,
        Sampling = new SamplingOptions { Sampler = new AncestralSampler(spacing: TimestepSpacing.Trailing(Math.Min(100, diffusion.Process.Steps))) },
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
