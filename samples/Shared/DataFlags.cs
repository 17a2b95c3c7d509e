using System.CommandLine;
using System.CommandLine.Parsing;
using Ddpm;

namespace Ddpm.Samples;

/// <summary>How the images to train on are read.</summary>
internal sealed class DataFlags(Option<string> dataType)
{
    // MNIST's 28 x 28 becomes 32 x 32, which every network here can halve.
    private const int Shapes = 4096, HeldOutShapes = 200, DigitMargin = 2;

    private readonly Option<bool> lazy = new("--lazy")
        { Description = "Images of a folder are decoded when their turn comes, not all at once into memory." };
    private readonly Option<string?> cache = new("--cache")
        { Description = "A file that keeps the decoded images: made once, read from then on. For data larger than the memory.", HelpName = "file" };
    private readonly Option<string> badFiles = Flag.OneOf(
        "--bad_files", "Files of a folder that should be images and are none: refuse names them all, skip leaves them out.", "refuse", "refuse", "skip");
    private readonly Option<string> fit = Flag.OneOf(
        "--fit", "Images of other proportions: crop keeps their centre, squash all of them.", "crop", "crop", "squash");
    private readonly Option<string?> labels = new("--labels")
        { Description = "Of npz: the name of the array of labels. Of cifar100: fine (by default) or coarse.", HelpName = "name" };
    private readonly Option<double> heldOut = Flag.Number(
        "--held_out", "The share of your own images that is not trained on, to measure their loss.", 0, 0, 0.9);

    /// <summary>Adds the flags to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[lazy, cache, badFiles, fit, labels, heldOut])
            command.Options.Add(option);
        cache.Refuse(given => given is not null && string.IsNullOrWhiteSpace(given) ? "--cache must name a file, but is empty." : null);
        labels.Validators.Add(result =>
        {
            if (result.GetValue(dataType) == "cifar100" && result.GetValue(labels) is not ("fine" or "coarse"))
                result.AddError($"{labels.Name} must be fine or coarse with {dataType.Name} cifar100, but is '{result.GetValue(labels)}'.");
        });
        foreach (var (kind, used) in new (string, Option[])[] { ("folder", [lazy, badFiles, fit, heldOut]), ("zip", [fit, heldOut]),
            ("npz", [labels, heldOut]), ("cifar100", [labels]), ("cifar10", []), ("mnist", []), ("shapes", []) })
        {
            Option[] unused = [.. new Option[] { lazy, badFiles, fit, labels, heldOut }.Except(used)];
            command.Ignored(result => result.ValueOf(dataType) == kind ? $"with {dataType.Name} {kind}" : null, unused);
        }
        command.Ignored(result => result.ValueOf(dataType) == "shapes" ? $"with {dataType.Name} shapes" : null, cache);
        command.NotWith(cache, lazy);
    }

    /// <summary>Reads the images to train on, and those that are held out, if there are some.</summary>
    /// <param name="options">The command line.</param>
    /// <param name="path">The folder of the files.</param>
    /// <param name="image">What the images become.</param>
    /// <param name="seed">Which images of a folder are held out follows from it.</param>
    /// <param name="stop">Ends the reading.</param>
    public (IImageDataset Data, IImageDataset? HeldOut) Read(
        ParseResult options, string path, ImageShape image, ulong seed, CancellationToken stop)
    {
        IImageDataset Images(IDatasetReader reader)
        {
            using var line = new ProgressLine("reading");
            return reader.Read(line, stop);
        }
        IDatasetReader Kept(IDatasetReader reader) =>
            options.GetValue(cache) is { } file ? new CachedReader(reader, file) { Warnings = SampleApp.Warnings } : reader;
        (IImageDataset, IImageDataset?) Published(string test, Func<DatasetSplit, IDatasetReader> reader) => (
            Images(Kept(reader(DatasetSplit.Train))),
            Directory.Exists(path) && Directory.EnumerateFiles(path, test).Any() ? Images(reader(DatasetSplit.Test)) : null);
        (IImageDataset, IImageDataset?) Own(IDatasetReader reader)
        {
            var all = Images(Kept(reader));
            return options.GetValue(heldOut) is > 0 and var share ? Split(all, share, seed) : (all, null);
        }
        bool Has(string name) => File.Exists(Path.Combine(path, name));
        var kind = options.GetValue(labels) == "coarse" ? Cifar100Labels.Coarse : Cifar100Labels.Fine;
        return options.GetRequiredValue(dataType) switch
        {
            "cifar10" when Has("data_batch_1.bin") => Published("test_batch.bin", split => new Cifar10BinaryReader(path, split)),
            "cifar10" => Published("test_batch.mat", split => new Cifar10MatReader(path, split)),
            "cifar100" when Has("train.bin") => Published("test.bin", split => new Cifar100BinaryReader(path, split, kind)),
            "cifar100" => Published("test.mat", split => new Cifar100MatReader(path, split, kind)),
            "mnist" => Published("t10k-images*", split => new MnistReader(path, split, DigitMargin)),
            "npz" => Own(Arrays(options, path)),
            "zip" => Own(new ImageZipReader(path, image, FitOf(options))),
            "folder" => Own(new ImageFolderReader(path, image, OfFolder(options))),
            _ => (new ShapesReader(Shapes, image.Height).Read(cancellationToken: stop),
                new ShapesReader(HeldOutShapes, image.Height, seed: 1).Read(cancellationToken: stop)),
        };
    }

    /// <summary>Whether the data say what size their images are.</summary>
    public static bool HasOwnSize(string? kind) => kind is "cifar10" or "cifar100" or "mnist" or "npz";

    /// <summary>What the images will be; of arrays, the start of the file is read for it.</summary>
    public ImageShape Shape(ParseResult options, string path, (int Height, int Width) size) => options.GetRequiredValue(dataType) switch
    {
        "cifar10" or "cifar100" => new(3, 32, 32),
        "mnist" => new(1, 32, 32),
        "npz" => Arrays(options, path).ReadShape(),
        _ => new(3, size.Height, size.Width),
    };

    private NumpyReader Arrays(ParseResult options, string path) => new(path, new() { Labels = options.GetValue(labels) });

    private ImageFit FitOf(ParseResult options) => options.GetRequiredValue(fit) == "squash" ? ImageFit.Squash : ImageFit.Crop;

    private ImageFolderOptions OfFolder(ParseResult options) => new()
    {
        IsLazy = options.GetValue(lazy) || options.GetValue(cache) is not null,
        BadFiles = options.GetRequiredValue(badFiles) == "skip" ? BadFilePolicy.Skip : BadFilePolicy.Refuse,
        Fit = FitOf(options),
        Warnings = SampleApp.Warnings,
    };

    private static (IImageDataset Data, IImageDataset HeldOut) Split(IImageDataset all, double share, ulong seed)
    {
        var (kept, trained) = all.Split(share, seed, byClass: all.Labels is not null);
        return (trained, kept);
    }
}
