using System.CommandLine;

namespace Ddpm.Samples;

/// <summary>--images: images in a folder, a zip file or arrays of NumPy, instead of a model's.</summary>
internal static class EvaluatedImages
{
    public static Option<string?> Flag()
    {
        var flag = new Option<string?>("--images")
        {
            Description = "Images to evaluate instead of a model's: a folder, a .zip file, or a .npy or .npz file.",
            HelpName = "path",
        };
        flag.Refuse(path => Directory.Exists(path) || File.Exists(path) ? null
            : $"{flag.Name} must name a folder or file of images, but there is no '{path}'.");
        return flag;
    }

    /// <summary>Reads them; those of folders and zip files are resized.</summary>
    public static IImageDataset Read(string path, ImageShape shape, CancellationToken stop)
    {
        IDatasetReader reader = Directory.Exists(path) ? new ImageFolderReader(path, shape, new() { IsLazy = true, Warnings = SampleApp.Warnings })
            : Path.GetExtension(path).ToLowerInvariant() switch
            {
                ".npy" or ".npz" => new NumpyReader(path),
                _ => new ImageZipReader(path, shape),
            };
        using var line = new ProgressLine("reading");
        return reader.Read(line, stop);
    }
}
