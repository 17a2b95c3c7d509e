using System.CommandLine;
using Ddpm.Evaluation;

namespace Ddpm.Samples;

/// <summary>
/// How good are the images of a model, or of a folder? Compares their features with those of real images, looks for copies of training images, and
/// writes what it finds as a page and as JSON.
/// </summary>
internal static class EvaluateCommand
{
    /// <param name="onnx">Opens a network in ONNX Runtime, by its file and input or, for null, the ResNet-18; null: this program has none.</param>
    public static Command Make(Func<string?, FeatureInput, IFeatureExtractor>? onnx = null)
    {
        var checkpoint = new CheckpointFlags();
        var images = EvaluatedImages.Flag();
        var dataType = Flag.OneOf(
            "--data_type", "What the images are compared with: the images that the model was trained on.", "shapes",
            "cifar10", "cifar100", "mnist", "npz", "zip", "folder", "shapes");
        var path = new Option<string>("--path")
        {
            Description = "The folder of the files or images, or the NumPy or zip file.",
            HelpName = "folder",
            DefaultValueFactory = _ => "./cifar-10-batches-mat/",
        };
        var dataSize = CommonOptions.OptionalSize("With --images: what images of folders and zip files are resized to.", "--data_size");
        var split = Flag.OneOf("--split", "Which images of the data: those to train on, or those held out.", "train", "train", "test");
        var reference = new Option<string?>("--reference")
        {
            Description = "Statistics (.npz) of this program or another to take the Fréchet distance to, instead of the data's.",
            HelpName = "file.npz",
        };
        var count = Flag.Whole("--count", "Images to draw, or of --images at most so many.", 1000, least: 2);
        var batchSize = Flag.Whole("--batchsize", "Images at once.", 64);
        var guidance = Flag.OptionalNumber("--guidance", "How much to insist on the classes, for a model with classes.", 0, double.MaxValue);
        var sampler = new SamplerFlags();
        var features = new FeatureFlags(onnx);
        var loss = Flag.Whole("--loss", "Images to measure the loss by step on; 0: it is not measured.", 100, least: 0);
        var bits = Flag.Whole("--bits", "Images to measure bits per dimension on, an evaluation a step of the process; 0: not measured.", 0, least: 0);
        var seed = CommonOptions.Seed();
        var device = CommonOptions.Device();
        var folder = OutputFlag.Folder("out/evaluate");
        var data = new DataFlags(dataType);
        var command = new Command("evaluate", "Measures how good images are; writes a page, JSON and statistics.")
            { images, dataType, path, dataSize, split, reference, count, batchSize, guidance, loss, bits, seed, device, folder };
        checkpoint.AddTo(command, "QuickStart's");
        data.AddTo(command);
        sampler.AddTo(command);
        features.AddTo(command);
        reference.Refuse(file => File.Exists(file) ? null : $"{reference.Name} must name a file of statistics, but there is no '{file}'.");
        command.OnlyWith(images, dataSize);
        command.Ignored(result => result.Has(images) ? "with " + images.Name : null,
            [.. checkpoint.All, .. sampler.All, guidance, loss, bits]);
        command.Ignored(result => result.ValueOf(dataType) == "shapes" ? $"with {dataType.Name} shapes" : null, path);
        command.Ignored(result => result.ValueOf(dataType) is { } kind && DataFlags.HasOwnSize(kind) ? $"with {dataType.Name} {kind}" : null, dataSize);
        command.Validators.Add(result =>
        {
            if ((checkpoint.PathIn(result) is not null || result.Has(images)) && !result.Has(dataType) && !result.Has(reference))
                result.AddError("--data_type must say what is compared with, or --reference name its statistics; only QuickStart's model needs neither.");
        });
        command.Does((options, stop) =>
        {
            var output = options.GetRequiredValue(folder);
            Directory.CreateDirectory(output);
            var given = options.GetValue(images);
            var model = checkpoint.PathIn(options.CommandResult) ?? Path.Combine(QuickStartRecipe.Folder, "model");
            using var diffusion = given is null ? checkpoint.Open(options, model, options.GetRequiredValue(device)) : null;
            var source = options.GetRequiredValue(path);
            var kind = options.GetRequiredValue(dataType);
            var hasData = options.GetValue(reference) is null || options.CommandResult.Has(dataType);
            var size = options.GetValue(dataSize);
            var shape = diffusion?.Image ?? (hasData && (size is not null || DataFlags.HasOwnSize(kind))
                ? data.Shape(options, source, size ?? default)
                : size is { } extent ? new(3, extent.Height, extent.Width)
                : throw new ArgumentException("--data_size must say what images are resized to, as neither a model nor the data do."));
            using var extractor = new Owned(features.Open(options, shape, options.GetRequiredValue(device)));
            var (training, heldOut) = hasData ? data.Read(options, source, shape, options.GetRequiredValue(seed), stop) : (null, null);
            if (training is not null && training.Shape != shape)
                throw new ArgumentException($"The images compared with must be {shape} (C x H x W), as those evaluated, but are {training.Shape}.");

            var job = new EvaluationJob
            {
                Output = output,
                Extractor = extractor.Value,
                BatchSize = options.GetRequiredValue(batchSize),
                Seed = options.GetRequiredValue(seed),
                Training = training,
                HeldOut = heldOut,
                Data = kind switch
                {
                    "cifar10" => "CIFAR-10",
                    "cifar100" => "CIFAR-100",
                    "mnist" => "MNIST",
                    "shapes" => "generated shapes",
                    _ => NameOf(source),
                },
                IsAgainstHeldOut = options.GetRequiredValue(split) == "test",
                Statistics = options.GetValue(reference),
                Loss = options.GetRequiredValue(loss),
                Bits = options.GetRequiredValue(bits),
                Device = options.GetRequiredValue(device),
            };
            var result = diffusion is not null
                ? job.Run(diffusion, NameOf(model), options.GetRequiredValue(count), sampler.Of(options, diffusion), options.GetValue(guidance), stop)
                : job.Run(Some(EvaluatedImages.Read(given!, shape, stop)), NameOf(given!), stop);
            foreach (var measure in result.Measures)
                Console.WriteLine($"{measure.Name}: {ReportPage.Number(measure.Value)} {ReportPage.Spread(measure.Spread)}".TrimEnd());
            foreach (var file in job.Written)
                SampleApp.Wrote(Path.Combine(output, file));

            IImageDataset Some(IImageDataset all) =>
                options.CommandResult.Has(count) && all.Count > options.GetRequiredValue(count)
                    ? all.Subset(Shown.Spread(all.Count, options.GetRequiredValue(count)))
                    : all;
        });
        return command;
    }

    // "quickstart/model": what is above says more of the machine than of the images.
    private static string NameOf(string path) => string.Join('/', Path.GetFullPath(path).Split(
        [Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries).TakeLast(2));

    private sealed class Owned(IFeatureExtractor value) : IDisposable
    {
        public IFeatureExtractor Value { get; } = value;

        public void Dispose() => (Value as IDisposable)?.Dispose();
    }
}
