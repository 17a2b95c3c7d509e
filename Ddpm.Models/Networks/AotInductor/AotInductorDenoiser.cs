using System.Runtime.InteropServices;
using Ddpm.Formats;
using Ddpm.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Networks;

/// <summary>
/// A network that PyTorch has compiled ahead of time: a package (.pt2) of <c>torch._inductor.aoti_compile_and_package</c>. It draws images; it cannot
/// be trained, moved or saved.
/// <para>
/// <b>Loading a package runs the native code in it, with all that this process may do. Load only packages of people whom you trust as much as
/// your own program.</b> No check of a file can change that.
/// </para>
/// <para>
/// The compiled function takes x, float32 [N, C, H, W], t, float32 [N], and, where the traits say classes, labels, int64 [N]; it returns one
/// tensor. Its shapes are those of the export: compiled code does not check them, so they are checked here. A package is made for one kind of
/// device, one operating system and one version of PyTorch.
/// </para>
/// </summary>
public sealed class AotInductorDenoiser : IDenoiser, IDisposable
{
    private readonly string path;
    private readonly DeviceType device;
    private readonly ImageShape image;
    private readonly Lock oneAtATime = new();
    private ExportedProgram? program;

    private AotInductorDenoiser(string path, DeviceType device, ExportedProgram program, NetworkTraits traits, int? batchSize)
    {
        (this.path, this.device, this.program) = (path, device, program);
        (Traits, BatchSize, image) = (traits, batchSize, traits.Image!.Value);
    }

    /// <inheritdoc/>
    public NetworkTraits Traits { get; }

    /// <summary>How many images the function was exported for; null: any number. Fewer are filled up, and what is added is cut off again.</summary>
    public int? BatchSize { get; }

    /// <summary>Loads a package, which runs code in it: see <see cref="AotInductorDenoiser"/>.</summary>
    /// <param name="path">The package.</param>
    /// <param name="traits">What the network is; with the images' shape, as the package does not tell. One that takes an estimate of x_0, an
    /// embedding or an image beside x cannot be used.</param>
    /// <param name="batchSize">How many images the function was exported for; null: any number, that is with a dynamic shape.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DataFormatException">The file is no package, or libtorch cannot load it.</exception>
    /// <exception cref="PlatformNotSupportedException">The package is for a device that is not here.</exception>
    /// <exception cref="ArgumentException">The traits lack the images' shape, or say what such a network cannot take.</exception>
    public static AotInductorDenoiser Load(string path, NetworkTraits traits, int? batchSize = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(traits);
        if (batchSize is { } images)
            ArgumentOutOfRangeException.ThrowIfLessThan(images, 1, nameof(batchSize));
        if (traits.Image is null)
            throw new ArgumentException("The traits must say the shape of the images that the package was exported for, but do not.", nameof(traits));
        if (traits.TakesEstimate || traits.EmbeddingWidth > 0 || traits.ConditionChannels > 0)
            throw new ArgumentException("A compiled network is given x, t and labels alone, but the traits say more.", nameof(traits));

        var device = AotInductorPackage.DeviceOf(path);
        var type = device switch
        {
            "cpu" => DeviceType.CPU,
            "cuda" when cuda.is_available() => DeviceType.CUDA,
            _ => throw new PlatformNotSupportedException($"{path} was compiled for {Quote.Of(device)}, but no such device is available here."),
        };
        try
        {
            return new(path, type, export.load(path), traits, batchSize);
        }
        catch (ExternalException fault)
        {
            throw new DataFormatException(path, null, $"libtorch cannot load this package: {FirstLine(fault)}", fault);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A shape, a device or a label is not what the package was compiled for.</exception>
    /// <exception cref="InvalidOperationException">The function failed, or did not return one tensor of a fitting shape.</exception>
    /// <exception cref="ObjectDisposedException">This has been disposed.</exception>
    public Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null)
    {
        Check(x, t, conditioning);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var n = x.shape[0];
        List<Tensor> inputs = [Filled(x.to(ScalarType.Float32)), Filled(t.to(ScalarType.Float32))];
        if (conditioning?.Labels is { } labels)
            inputs.Add(Filled(labels.to(ScalarType.Int64)));
        var outputs = Run([.. inputs]);
        if (outputs is not [var output])
            throw new InvalidOperationException($"{path} must return one tensor, but returns {outputs.Length}.");
        var channels = Traits.OutputChannels ?? image.Channels;
        long[] wanted = [inputs[0].shape[0], channels, image.Height, image.Width];
        if (!output.shape.AsSpan().SequenceEqual(wanted))
            throw new InvalidOperationException($"{path} must return [{string.Join(", ", wanted)}], but returns {Batch.Extents(output)}.");
        output = output.shape[0] == n ? output : output[..(int)n].clone();
        return output.to(x.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>Unloads the package's code.</summary>
    public void Dispose()
    {
        lock (oneAtATime)
        {
            program?.Dispose();
            program = null;
        }
    }

    private void Check(Tensor x, Tensor t, Conditioning? given)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(t);
        if (x.dim() != 4 || !x.shape.AsSpan(1).SequenceEqual([image.Channels, image.Height, image.Width]))
            throw new ArgumentException($"x must be [N, {image.Channels}, {image.Height}, {image.Width}], but is {Batch.Extents(x)}.", nameof(x));
        if (x.shape[0] < 1 || x.shape[0] > (BatchSize ?? long.MaxValue))
            throw new ArgumentException($"x must be 1 to {BatchSize} images, for which the package was compiled, but is {x.shape[0]}.", nameof(x));
        CheckCount(t, "t", nameof(t));
        var hasClasses = Traits.Classes > 0;
        if (given is { Estimate: not null } or { Embedding: not null } or { Image: not null })
            throw new ArgumentException("A compiled network is given x, t and labels alone, but more was given.", nameof(given));
        if (given?.Labels is null == hasClasses)
            throw new ArgumentException(
                hasClasses ? "This network has classes, but no labels were given." : "Labels were given, but this network has no classes.",
                nameof(given));
        if (given?.Labels is { } labels)
            CheckCount(labels, "labels", nameof(given));
        foreach (var (name, tensor) in new[] { ("x", x), ("t", t), ("labels", given?.Labels) })
            if (tensor is not null && tensor.device_type != device)
                throw new ArgumentException($"{path} was compiled for {device}, but {name} is on {tensor.device_type}.", nameof(x));

        void CheckCount(Tensor tensor, string name, string parameter)
        {
            if (!tensor.shape.AsSpan().SequenceEqual([x.shape[0]]))
                throw new ArgumentException($"{name} must be [N] = [{x.shape[0]}], but is {Batch.Extents(tensor)}.", parameter);
        }
    }

    // As many as the function was exported for, in the order in memory that exported code takes for granted.
    private Tensor Filled(Tensor given)
    {
        var missing = (BatchSize ?? given.shape[0]) - given.shape[0];
        return missing == 0 ? given.contiguous() : cat([given, .. Enumerable.Repeat(given[^1..], (int)missing)]);
    }

    private Tensor[] Run(Tensor[] inputs)
    {
        lock (oneAtATime)
        {
            ObjectDisposedException.ThrowIf(program is null, this);
            try
            {
                return program.run(inputs);
            }
            catch (ExternalException fault)
            {
                throw new InvalidOperationException($"{path} failed: {FirstLine(fault)}", fault);
            }
        }
    }

    // libtorch writes its own stack under its message.
    private static string FirstLine(Exception fault) => fault.Message.Split('\n')[0];
}
