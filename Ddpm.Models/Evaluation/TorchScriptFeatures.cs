using System.Runtime.InteropServices;
using Ddpm.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Evaluation;

/// <summary>
/// The features that a TorchScript file computes.
/// <para>
/// <b>A TorchScript file is a program.</b> It can read and write files and take all memory and time of this process. Load only files of people
/// whom you trust as much as your own program, and say the checksum of the one that you mean (<see cref="TorchScriptFeaturesOptions.Sha256"/>).
/// </para>
/// </summary>
public sealed class TorchScriptFeatures : IFeatureExtractor, IDisposable
{
    private const int UsualSide = 64;

    private readonly string path;
    private readonly TorchScriptFeaturesOptions options;
    private readonly Device device;
    private readonly Lock oneAtATime = new();
    private jit.ScriptModule? module;

    private TorchScriptFeatures(string path, TorchScriptFeaturesOptions options)
    {
        (this.path, this.options, device) = (path, options, options.Device ?? CPU);
        (module, var hash) = TorchScriptFile.Load(path, options.Sha256, device);
        try
        {
            Space = new(options.Name ?? Path.GetFileNameWithoutExtension(path), options.Width ?? FindWidth())
            {
                Version = $"sha256:{hash}",
                Resize = options.Input.ResizeInWords,
            };
        }
        catch
        {
            module.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public FeatureSpace Space { get; }

    /// <summary>Loads a file and runs it once: see <see cref="TorchScriptFeatures"/>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What it wants; null: the defaults.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DataFormatException">It is another file than the checksum says, holds no program, or libtorch cannot load it.</exception>
    /// <exception cref="InvalidOperationException">The program does not take such images, or does not give one tensor of features.</exception>
    /// <exception cref="ArgumentException">An argument for the program is null.</exception>
    public static TorchScriptFeatures Load(string path, TorchScriptFeaturesOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (options?.Arguments.Any(each => each is null) ?? false)
            throw new ArgumentException("Arguments may be bool, int, long, double and float, but one is null.", nameof(options));
        return new(path, options ?? new());
    }

    /// <summary>Loads NVIDIA's inception-2015-12-05.pt, 2,048 features: no other file passes. Distances are FID where images are resized as the
    /// program that is compared with does it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="resize">How images become 299 x 299 before; null: by the file itself, as TensorFlow 1 does.</param>
    /// <param name="device">Where it runs; null: the CPU.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DataFormatException">It is another file.</exception>
    public static TorchScriptFeatures LoadInception(string path, ImageResize? resize = null, Device? device = null)
    {
        var input = new FeatureInput { Range = PixelRange.Numbers };
        return Load(path, new()
        {
            Name = "Inception-v3 (2015-12-05)",
            Sha256 = KnownFeatureFile.NvidiaInception.Sha256,
            Input = resize is null ? input : input with { Side = 299, Resize = resize },
            Arguments = [true],
            Width = 2048,
            Device = device,
        });
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The program failed, or did not give one tensor of fitting features.</exception>
    /// <exception cref="ObjectDisposedException">This has been disposed.</exception>
    public Tensor Extract(Tensor images)
    {
        FeatureImages.Check(images, nameof(images));
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var count = images.shape[0];
        var all = empty([count, Space.Width]);
        for (var first = 0L; first < count; first += options.BatchSize)
        {
            using var batch = NewDisposeScope();
            var given = Math.Min(options.BatchSize, count - first);
            var features = Run(options.Input.Prepare(images.narrow(0, first, given)));
            if (features.shape[1] != Space.Width)
                throw new InvalidOperationException($"{path} must give {Space.Width} features, but gives {features.shape[1]}.");
            all.narrow(0, first, given).copy_(features.narrow(0, 0, given));
        }
        return all.MoveToOuterDisposeScope();
    }

    /// <summary>Unloads the program.</summary>
    public void Dispose()
    {
        lock (oneAtATime)
        {
            module?.Dispose();
            module = null;
        }
    }

    private int FindWidth()
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var side = options.Input.Side ?? UsualSide;
        return checked((int)Run(options.Input.Prepare(zeros([1, options.Input.Channels, side, side], ScalarType.Byte))).shape[1]);
    }

    // [BatchSize, D], float32 on the CPU.
    private Tensor Run(Tensor prepared)
    {
        var missing = options.BatchSize - prepared.shape[0];
        var filled = missing == 0 ? prepared : cat([prepared, .. Enumerable.Repeat(prepared[^1..], (int)missing)]);
        var output = Call(filled.to(device));
        return output.dim() >= 2 && output.shape[0] == options.BatchSize && output.numel() > 0 && output.is_floating_point()
            ? output.cpu().to(ScalarType.Float32).reshape(options.BatchSize, -1)
            : throw new InvalidOperationException(
                $"{path} must give [{options.BatchSize}, D] floating-point numbers, but gives {Batch.Extents(output)} of {output.dtype}.");
    }

    private Tensor Call(Tensor input)
    {
        lock (oneAtATime)
        {
            ObjectDisposedException.ThrowIf(module is null, this);
            try
            {
                return module.forward([input, .. options.Arguments]) switch
                {
                    Tensor tensor => tensor,
                    Tensor[] and [var tensor] => tensor,
                    var other => throw new InvalidOperationException($"{path} must give one tensor, but gives {What(other)}."),
                };
            }
            catch (ExternalException fault)
            {
                throw new InvalidOperationException($"{path} failed: {TorchScriptFile.Cause(fault)}.", fault);
            }
        }
    }

    private static string What(object? output) => output is Tensor[] tensors ? $"{tensors.Length}" : output?.GetType().Name ?? "nothing";
}
