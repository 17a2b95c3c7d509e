using System.CommandLine;
using System.Security.Cryptography;
using Ddpm.Evaluation;
using TorchSharp;

namespace Ddpm.Samples;

/// <summary>By what images are compared.</summary>
/// <param name="onnx">Opens a network in ONNX Runtime, by its file and input or, for null, the ResNet-18; null: this program has no ONNX
/// Runtime.</param>
internal sealed class FeatureFlags(Func<string?, FeatureInput, IFeatureExtractor>? onnx)
{
    private const string ResNet18 = "resnet18", Random = "random", PixelsThemselves = "pixels";

    private readonly Option<string?> name = new("--features")
    {
        Description = $"{ResNet18} (needs ONNX Runtime, which the tool leaves out), {Random} (a random projection of the pixels), {PixelsThemselves}, or "
            + "a network's file, .onnx or TorchScript. A TorchScript file is a program: take only one that you trust. "
            + $"By default {ResNet18} where ONNX Runtime is there, otherwise {Random}.",
        HelpName = "name|file",
    };
    private readonly Option<PixelRange?> range = Flag.OptionalOneOf<PixelRange>(
        "--features_range", "In which numbers a network's file takes its images; by default Symmetric, -1 to 1. Of NVIDIA's Inception it is known.");
    private readonly Option<int?> size = Flag.OptionalWhole(
        "--features_size", "The edge that a network's file takes its images at; by default as they are, or as the file says.", most: 4096);

    /// <summary>All of the flags.</summary>
    public Option[] All => [name, range, size];

    /// <summary>Adds the flags to a command.</summary>
    public void AddTo(Command command)
    {
        name.Refuse(given => given is null or ResNet18 or Random or PixelsThemselves || File.Exists(given) ? null
            : $"--features must be {ResNet18}, {Random}, {PixelsThemselves} or a network's file, but '{given}' is "
                + $"{(Directory.Exists(given) ? "a folder" : "no file")}.");
        foreach (var flag in All)
            command.Options.Add(flag);
        command.Ignored(
            result => result.GetValue(name) is null or ResNet18 or Random or PixelsThemselves ? "without a network's file" : null, range, size);
    }

    /// <summary>Opens what makes the features of images of a shape.</summary>
    /// <exception cref="ArgumentException">This program has no ONNX Runtime, or the images are too large.</exception>
    public IFeatureExtractor Open(ParseResult options, ImageShape shape, torch.Device device) => options.GetValue(name) switch
    {
        null when onnx is null => new RandomProjectionFeatures(shape),
        null or ResNet18 => Onnx()(null, new()),
        Random => new RandomProjectionFeatures(shape),
        PixelsThemselves => new PixelFeatures(shape),
        var file when file.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase) => Onnx()(file, Input(options)),
        var file when IsInception(file) => TorchScriptFeatures.LoadInception(file, device: device),
        var file => TorchScriptFeatures.Load(file, new() { Input = Input(options), Device = device }),
    };

    private FeatureInput Input(ParseResult options) =>
        new() { Range = options.GetValue(range) ?? PixelRange.Symmetric, Side = options.GetValue(size) };

    private static bool IsInception(string file)
    {
        using var stream = File.OpenRead(file);
        return stream.Length == KnownFeatureFile.NvidiaInception.Bytes
            && Convert.ToHexStringLower(SHA256.HashData(stream)) == KnownFeatureFile.NvidiaInception.Sha256;
    }

    private Func<string?, FeatureInput, IFeatureExtractor> Onnx() => onnx ?? throw new ArgumentException(
        $"--features {ResNet18} and .onnx files need ONNX Runtime, which this program leaves out for its size: run samples/Evaluate from a clone, "
        + $"or take {Random}, {PixelsThemselves} or a TorchScript file.");
}
