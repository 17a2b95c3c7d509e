using System.CommandLine;
using System.CommandLine.Parsing;
using Ddpm;

namespace Ddpm.Samples;

/// <summary>How the images to train on are read.</summary>
internal sealed class DataFlags(Option<string> dataType)
{
    private const int Shapes = 4096, HeldOutShapes = 200;

    private readonly Option<bool> lazy = new("--lazy")
        { Description = "Images of a folder are decoded when their turn comes, not all at once into memory." };
    private readonly Option<string?> cache = new("--cache")
        { Description = "A file that keeps the decoded images: made once, read from then on. For data larger than the memory.", HelpName = "file" };
    private readonly Option<string> badFiles = Flag.OneOf(
        "--bad_files", "Files of a folder that should be images and are none: refuse names them all, skip leaves them out.", "refuse", "refuse", "skip");
    private readonly Option<string> fit = Flag.OneOf(
        "--fit", "Images of other proportions: crop keeps their centre, squash all of them.", "crop", "crop", "squash");
    private readonly Option<double> heldOut = Flag.Number(
        "--held_out", "The share of a folder's images that is not trained on, to measure their loss.", 0, 0, 0.9);

    /// <summary>Adds the flags to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[lazy, cache, badFiles, fit, heldOut])
            command.Options.Add(option);
        cache.Refuse(given => given is not null && string.IsNullOrWhiteSpace(given) ? "--cache must name a file, but is empty." : null);
        command.Ignored(
            result => result.ValueOf(dataType) is not "folder" and var other ? $"with {dataType.Name} {other}" : null, lazy, badFiles, fit, heldOut);
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
        switch (options.GetRequiredValue(dataType))
        {
            case "cifar10":
                return (Images(Kept(new Cifar10MatReader(path))),
                    File.Exists(Path.Combine(path, "test_batch.mat")) ? Images(new Cifar10MatReader(path, DatasetSplit.Test)) : null);
            case "folder":
                var all = Images(Kept(new ImageFolderReader(path, image, OfFolder(options))));
                return options.GetValue(heldOut) is > 0 and var share ? Split(all, share, seed) : (all, null);
            default:
                return (new ShapesReader(Shapes, image.Height).Read(cancellationToken: stop),
                    new ShapesReader(HeldOutShapes, image.Height, seed: 1).Read(cancellationToken: stop));
        }
    }

    private ImageFolderOptions OfFolder(ParseResult options) => new()
    {
        IsLazy = options.GetValue(lazy) || options.GetValue(cache) is not null,
        BadFiles = options.GetRequiredValue(badFiles) == "skip" ? BadFilePolicy.Skip : BadFilePolicy.Refuse,
        Fit = options.GetRequiredValue(fit) == "squash" ? ImageFit.Squash : ImageFit.Crop,
        Warnings = SampleApp.Warnings,
    };

    private static (IImageDataset Data, IImageDataset HeldOut) Split(IImageDataset all, double share, ulong seed)
    {
        var (kept, trained) = all.Split(share, seed, byClass: all.Labels is not null);
        return (trained, kept);
    }
}
