using System.CommandLine;
using Ddpm.Evaluation;

namespace Ddpm.Samples;

/// <summary>--features: by what images are compared.</summary>
/// <param name="onnx">Opens a network in ONNX Runtime, by its file or, for null, the ResNet-18; null: this program has no ONNX Runtime.</param>
internal sealed class FeatureFlag(Func<string?, IFeatureExtractor>? onnx)
{
    private const string ResNet18 = "resnet18", Random = "random", PixelsThemselves = "pixels";

    private readonly Option<string?> flag = new("--features")
    {
        Description = "resnet18 (needs ONNX Runtime), random (a random projection of the pixels), pixels, or a network's file: TorchScript, or .onnx. "
            + "By default resnet18 where ONNX Runtime is there, otherwise random.",
        HelpName = "name|file",
    };

    public void AddTo(Command command)
    {
        flag.Refuse(given => given is null or ResNet18 or Random or PixelsThemselves || File.Exists(given) ? null
            : $"--features must be {ResNet18}, {Random}, {PixelsThemselves} or a network's file, but '{given}' is "
                + $"{(Directory.Exists(given) ? "a folder" : "no file")}.");
        command.Options.Add(flag);
    }

    /// <summary>Opens what makes the features of images of a shape.</summary>
    /// <exception cref="ArgumentException">This program has no ONNX Runtime, or the images are too large.</exception>
    public IFeatureExtractor Open(ParseResult options, ImageShape shape) => options.GetValue(flag) switch
    {
        null when onnx is null => Projection(shape),
        null or ResNet18 => Onnx()(null),
        Random => Projection(shape),
        PixelsThemselves => new PixelFeatures(shape),
        var file when file.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase) => Onnx()(file),
        var file => throw new ArgumentException($"{file} no TorchScript yet."),
    };

    private static RandomProjectionFeatures Projection(ImageShape shape) => new(shape);

    private Func<string?, IFeatureExtractor> Onnx() => onnx ?? throw new ArgumentException(
        $"--features {ResNet18} and .onnx files need ONNX Runtime, which this program leaves out for its size: run samples/Evaluate from a clone, "
        + $"or take {Random}, {PixelsThemselves} or a TorchScript file.");
}
