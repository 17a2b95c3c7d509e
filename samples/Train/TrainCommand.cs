using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Ddpm.Evaluation;
using Ddpm.Samplers;
using Ddpm.Training;

namespace Ddpm.Samples;

/// <summary>
/// Train a diffusion model on CIFAR-10, CIFAR-100, MNIST, arrays of NumPy, a zip file or folder of images, or generated shapes.
/// </summary>
internal static class TrainCommand
{
    private const int LeastShape = 8, LargestShape = 400;

    /// <param name="onnx">As in <see cref="FeatureFlags"/>.</param>
    public static Command Make(Func<string?, FeatureInput, IFeatureExtractor>? onnx = null)
    {
        var dataType = Flag.OneOf(
            "--data_type", "CIFAR-10, CIFAR-100 or MNIST as published; your images as a NumPy file, zip file or folder; or generated shapes.",
            "cifar10", "cifar10", "cifar100", "mnist", "npz", "zip", "folder", "shapes");
        var path = new Option<string>("--path")
        {
            Description = "The folder of the files or images, or the NumPy or zip file.",
            HelpName = "folder",
            DefaultValueFactory = _ => "./cifar-10-batches-mat/",
        };
        var size = CommonOptions.Size("Images of a folder or zip file are resized to this; generated ones are squares.", 32);
        var network = NetworkPresets.NetworkFlag("paper");
        var recipe = Flag.OneOf(
            "--recipe", "paper, reference (SmoothL1, no averaging) or small (for a CPU).", "paper", "paper", "reference", "small");
        var batchSize = Flag.Whole("--batchsize", "Images a step.", 128);
        var epochs = Flag.Whole("--epoch", "Passes over the data.", 500);
        var steps = Flag.OptionalWhole("--steps", "Optimiser steps; instead of --epoch.");
        var process = ProcessFlag.Make();
        var prediction = Flag.OptionalOneOf<PredictionType>("--prediction", "What the network predicts; by default Epsilon, the noise.");
        var lossSpace = Flag.OptionalOneOf<PredictionType>("--loss_space", "What the loss is a difference of; by default what the network predicts.");
        var loss = Flag.OptionalOneOf<LossKind>("--loss", "What is minimised; by default the recipe's.");
        var weighting = Flag.OneOf("--weighting", "How steps count.", "none", "none", "min_snr", "soft_min_snr", "p2");
        var stepSampling = Flag.OneOf(
            "--step_sampling", "Which steps t are drawn; importance goes by their losses, for --loss VariationalBound.", "uniform",
            "uniform", "stratified", "importance");
        var learnedVariance = new Option<bool>("--learned_variance")
            { Description = "The network learns the variance of each step too, for sampling in few steps." };
        var selfCondition = new Option<bool>("--self_condition")
            { Description = "The network is also shown the image that it made out in the step before." };
        var schedule = new ScheduleFlags();
        var dataFlags = new DataFlags(dataType);
        var offsetNoise = Flag.Number(
            "--offset_noise", "How much noise is common to all pixels of a channel: 0.1, for dark and bright images.", 0, 0, double.MaxValue);
        var classes = new Option<bool>("--classes") { Description = "Tell the network the class of each image, so that it draws the one asked for." };
        var labelDropout = Flag.Number(
            "--label_dropout", "With --classes: how often a label is kept from the network, which makes guidance possible.", 0.1, 0, 1);
        var every = Flag.Whole("--every", "Steps between two savings of the model, sample grids and plots; 0: at the end only.", 1000, least: 0);
        var evaluation = new EvaluationFlags(onnx);
        var resume = Flag.OneOf(
            "--resume", "auto goes on with the run in --out if there is one, which must be of the same recipe; never begins anew.",
            "auto", "auto", "never");
        var distributed = new DistributedFlags();
        var seed = CommonOptions.Seed();
        var device = CommonOptions.Device();
        var folder = OutputFlag.Folder("out/train", picture: "samples.png");
        var command = new Command("train", "Trains a diffusion model; writes the model, sample grids and the loss.")
        {
            dataType, path, size, network, recipe, batchSize, epochs, steps, process, prediction, loss, lossSpace, weighting, stepSampling,
            learnedVariance, selfCondition, offsetNoise, classes, labelDropout, every, resume, seed, device, folder,
        };
        schedule.AddTo(command);
        dataFlags.AddTo(command);
        evaluation.AddTo(command);
        distributed.AddTo(command, device);
        path.Refuse(given => string.IsNullOrWhiteSpace(given) ? "--path must name a folder, but is empty." : null);
        command.Ignored(result => DataIs(result, "shapes"), path);
        command.Ignored(
            result => result.ValueOf(dataType) is { } given && DataFlags.HasOwnSize(given) ? $"with {dataType.Name} {given}" : null, size);
        command.NotWith(steps, epochs);
        command.OnlyWith(classes, labelDropout);
        command.Ignored(
            result => result.ValueOf(process) is (ProcessFlag.Edm or ProcessFlag.Flow) and var given ? $"with {process.Name} {given}" : null,
            [prediction, stepSampling, learnedVariance, .. schedule.All]);
        command.Answers((options, stop) =>
        {
            var (kind, source, output) = (options.GetRequiredValue(dataType), options.GetRequiredValue(path), options.GetRequiredValue(folder));
            var image = dataFlags.Shape(options, source, options.GetRequiredValue(size));
            var (height, width) = (image.Height, image.Width);
            if (kind == "shapes" && (height != width || height is < LeastShape or > LargestShape))
                throw new ArgumentException(
                    $"--size must be one edge in {LeastShape}..{LargestShape} with --data_type shapes, but is {height} x {width}.");

            // The network first: it says what sizes it takes, and reading data takes time.
            var (learned, batch) = (options.GetValue(learnedVariance), options.GetRequiredValue(batchSize));
            var ownBatch = (int)Math.Ceiling(batch / (double)(distributed.Sync?.Size ?? 1));
            var unet = NetworkPresets.For(options.GetRequiredValue(network), image);
            var builder = new DiffusionBuilder()
                .WithSchedule(schedule.Of(options))
                .WithPrediction(options.GetValue(prediction) ?? PredictionType.Epsilon)
                .WithLearnedVariance(learned ? LearnedVariance.Range : LearnedVariance.None)
                .WithProcess(options.GetRequiredValue(process))
                .WithUNet(unet)
                .WithDevice(distributed.DeviceOf(options))
                .WithSeed(options.GetRequiredValue(seed));
            if (options.GetValue(selfCondition))
                builder.WithSelfConditioning();
            Limits.CheckMemory("--batchsize and --size", unet, ownBatch, training: true, distributed.DeviceOf(options));

            var (data, heldOut) = dataFlags.Read(options, source, image, options.GetRequiredValue(seed), stop);
            var conditional = options.GetValue(classes);
            if (conditional)
                builder.WithClasses(data.ClassNames?.Count ?? data.Labels?.Max() + 1
                    ?? throw new ArgumentException("--classes needs images with classes: a folder of folders, one a class."));
            using var diffusion = builder.Build().Said();
            diffusion.GradientSync = distributed.Sync;
            diffusion.Warned += (_, odd) => SampleApp.Warnings.Report(odd.Message);

            var chosen = options.GetRequiredValue(recipe) switch
            {
                "reference" => TrainingOptions.ReferencePrograms,
                "small" => new TrainingOptions { LearningRate = 3e-4, WarmupSteps = 500, EmaDecay = 0.999 },
                _ => TrainingOptions.Paper,
            };
            var training = chosen with
            {
                BatchSize = batch,
                Steps = options.GetValue(steps) ?? StepsOf(options.GetRequiredValue(epochs), Math.Max(1, data.Count / batch)),
                Seed = options.GetRequiredValue(seed),
                Loss = options.GetValue(loss) ?? chosen.Loss,
                Weighting = options.GetRequiredValue(weighting) switch
                {
                    "min_snr" => LossWeighting.MinSnr(),
                    "soft_min_snr" => LossWeighting.SoftMinSnr(),
                    "p2" => LossWeighting.P2(),
                    _ => LossWeighting.None,
                },
                LossSpace = options.GetValue(lossSpace),
                Levels = options.GetRequiredValue(stepSampling) switch
                {
                    "stratified" => TrainingLevels.Stratified,
                    "importance" => TrainingLevels.Importance(),
                    _ => null,                  // the model's own
                },
                BoundWeight = learned && options.GetValue(loss) != LossKind.VariationalBound ? 0.001 : 0,
                OffsetNoise = options.GetValue(offsetNoise),
                LabelDropout = conditional ? options.GetRequiredValue(labelDropout) : 0,
                ShardOptimizer = distributed.ShardsOptimizer(options),
            };
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{data.Count} images of {data.Shape}, {diffusion.ParameterCount:N0} parameters, "
                + $"{training.Steps} steps of {batch} on {diffusion.Device}{(distributed.Sync is { } all ? $", processes: {all.Size}" : "")}"));
            // The others only help: they begin with the first one's state, and neither draw nor save.
            if (!distributed.IsFirst)
            {
                diffusion.Train(training, data, cancellationToken: stop);
                return 0;
            }

            // As many as a picture holds; no more at once than are trained on.
            var pictures = (int)Math.Clamp(Picture.MaximumPixels / ((long)height * width), 1, 16);
            using var board = new TensorBoardLog(Path.Combine(output, "tensorboard")) { Warnings = SampleApp.Warnings };
            var measured = evaluation.Of(options, diffusion, data, Math.Min(batch, pictures), stop);
            using var extractor = measured?.Extractor as IDisposable;
            using var recorder = new TrainingRecorder(diffusion, output)
            {
                SaveEvery = options.GetRequiredValue(every),
                PictureEvery = options.GetRequiredValue(every),
                Pictures = pictures,
                Scale = 4L * pictures * height * width <= Picture.MaximumPixels ? 2 : 1,
                HeldOut = heldOut,
                Evaluation = measured,
                TensorBoard = board,
                Warnings = SampleApp.Warnings,
                Sampling = new SamplingOptions
                {
                    BatchSize = Math.Min(batch, pictures),
                    Sampler = diffusion.Sampler is AncestralSampler
                        ? new AncestralSampler(spacing: TimestepSpacing.Trailing(Math.Min(100, diffusion.Process.Steps)))
                        : null,
                },
            };
            var goesOn = options.GetRequiredValue(resume) == "auto" && Diffusion.HasTrainingState(output);
            if (goesOn)
                Console.WriteLine($"going on with the run in {output}; --resume never would begin anew");
            TrainingChecks.Print(diffusion, training, data, output, goesOn ? output : null, stop);
            var followed = options.GetRequiredValue(recipe) switch
            {
                "paper" => TrainingPresets.Paper,
                "reference" => TrainingPresets.ReferencePrograms,
                _ => null,
            };
            if (followed is not null)
                TrainingChecks.PrintDifferences(followed, training, diffusion);
            // Now, so that a run that is killed can be repeated too.
            ConfigFile.Write(options);
            try
            {
                using var line = new ProgressLine("training");
                diffusion.Train(training, data, line, [recorder, board], goesOn ? output : null, stop);
            }
            catch (OperationCanceledException)
            {
                // The recorder has saved what there is.
                foreach (var folder in ((string[])["model", "checkpoints"]).Select(name => Path.Combine(output, name)).Where(Directory.Exists))
                    SampleApp.Wrote(folder);
                throw;
            }
            foreach (var file in (string[])["model", "checkpoints", "samples.png", "loss.png", "loss.csv", "tensorboard"])
                SampleApp.Wrote(Path.Combine(output, file));
            if (recorder.Distances is { Count: > 0 } distances)
            {
                var best = distances.MinBy(each => each.Distance);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"the best distance was {best.Distance:G4} after step {best.Step}"));
                SampleApp.Wrote(Path.Combine(output, "best"));
            }
            return 0;
        }, distributed.Run);
        return command;

        string? DataIs(CommandResult result, string kind) => result.ValueOf(dataType) == kind ? $"with {dataType.Name} {kind}" : null;
    }

    private static int StepsOf(int epochs, int stepsOfEpoch) => (long)epochs * stepsOfEpoch is <= int.MaxValue and var steps
        ? (int)steps
        : throw new ArgumentException(
            $"--epoch must make at most {int.MaxValue} steps, but {epochs} passes of {stepsOfEpoch} steps make {(long)epochs * stepsOfEpoch}.");
}
