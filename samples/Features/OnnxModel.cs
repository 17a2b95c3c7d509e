using System.Security.Cryptography;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Ddpm.Samples;

/// <summary>
/// A network of an ONNX file: one tensor in, one out. It runs on the thread that calls it, and on several at once, each of which is on its own: so
/// the features of an image have the same bits whatever else is worked on, and libtorch's threads are not in the way of others.
/// </summary>
internal sealed class OnnxModel : IDisposable
{
    private const long MaxBytes = 2_000_000_000;
    private const int LongestMessage = 400;

    private readonly string path;
    private readonly InferenceSession session;
    private readonly RunOptions run = new();
    private readonly string[] inputs, outputs;

    private OnnxModel(string path, InferenceSession session, string hash, string? output)
    {
        (this.path, this.session, Sha256) = (path, session, hash);
        if (session.InputMetadata.Count != 1)
            throw Refuse($"a network must take one tensor, but takes {session.InputMetadata.Count}: {Names(session.InputMetadata.Keys)}");
        if (output is null ? session.OutputMetadata.Count != 1 : !session.OutputMetadata.ContainsKey(output))
            throw Refuse($"{(output is null ? "one output must be chosen" : $"there must be an output {output}")}, but there are "
                + Names(session.OutputMetadata.Keys));
        (inputs, outputs) = ([session.InputMetadata.Keys.Single()], [output ?? session.OutputMetadata.Keys.Single()]);
        var input = session.InputMetadata[inputs[0]];
        if (!input.IsTensor || input.Dimensions.Length != 4)
            throw Refuse($"its input must be a tensor [N, C, H, W], but is {input.OnnxValueType} of {input.Dimensions?.Length ?? 0} axes");
        TakesBytes = input.ElementDataType == TensorElementType.UInt8;
        if (!TakesBytes && input.ElementDataType != TensorElementType.Float)
            throw Refuse($"its input must be of float32 or bytes, but is of {input.ElementDataType}");
        (BatchSize, Height, Width) = (Size(input, 0) ?? 1, Size(input, 2), Size(input, 3));
    }

    /// <summary>Images at once: what the file says, or 1 where it leaves it open.</summary>
    public int BatchSize { get; }

    /// <summary>H and W that it takes; null: any.</summary>
    public int? Height { get; }

    /// <inheritdoc cref="Height"/>
    public int? Width { get; }

    /// <summary>Whether it takes bytes, and not float32.</summary>
    public bool TakesBytes { get; }

    /// <summary>The file's, 64 hexadecimal digits.</summary>
    public string Sha256 { get; }

    /// <summary>Loads a file, with all of its weights inside.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DataFormatException">It is another file than the checksum says, or ONNX Runtime cannot load it.</exception>
    public static OnnxModel Load(string path, string? sha256 = null, string? output = null)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no file {path}.", path);
        if (new FileInfo(path).Length is > MaxBytes and var length)
            throw new DataFormatException(path, null, $"an ONNX file must have at most {MaxBytes} bytes, but has {length}");
        var bytes = File.ReadAllBytes(path);
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        if (sha256 is not null && !hash.Equals(sha256, StringComparison.OrdinalIgnoreCase))
            throw new DataFormatException(path, null, $"the file must have SHA-256 {sha256}, but has {hash}: it is another file, or damaged");
        InferenceSession? session = null;
        try
        {
            using var options = Options();
            session = new(bytes, options);
            return new(path, session, hash, output);
        }
        catch (Exception fault)
        {
            session?.Dispose();
            if (fault is OnnxRuntimeException)
                throw new DataFormatException(path, null, $"ONNX Runtime cannot load this file: {OneLine(fault)}", fault);
            throw;
        }
    }

    /// <summary>Runs it once.</summary>
    /// <param name="values">float32, or bytes, of <see cref="BatchSize"/> images.</param>
    /// <param name="shape">[BatchSize, C, H, W].</param>
    /// <returns>All numbers of the output.</returns>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public float[] Run<T>(Memory<T> values, long[] shape)
        where T : unmanaged
    {
        try
        {
            using var input = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, values, shape);
            using var results = session.Run(run, inputs, [input], outputs);
            var info = results[0].GetTensorTypeAndShape();
            if (info.ElementDataType != TensorElementType.Float || info.Shape.Length < 2 || info.Shape[0] != BatchSize)
                throw new InvalidOperationException(
                    $"{path} must give float32 [{BatchSize}, ...], but gives {info.ElementDataType} [{string.Join(", ", info.Shape)}].");
            return results[0].GetTensorDataAsSpan<float>().ToArray();
        }
        catch (OnnxRuntimeException fault)
        {
            throw new InvalidOperationException($"{path} failed: {OneLine(fault)}.", fault);
        }
    }

    public void Dispose()
    {
        session.Dispose();
        run.Dispose();
    }

    private static SessionOptions Options()
    {
        var options = new SessionOptions
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        return options;
    }

    private static int? Size(NodeMetadata input, int axis) => input.Dimensions[axis] is > 0 and var size ? size : null;

    private static string Names(IEnumerable<string> names) => string.Join(", ", names.Take(20));

    // What the file says may be in it.
    private static string OneLine(Exception fault)
    {
        var text = string.Concat(fault.Message.Select(character => char.IsControl(character) ? ' ' : character)).TrimEnd('.', ' ');
        return text.Length <= LongestMessage ? text : text[..LongestMessage] + "…";
    }

    private DataFormatException Refuse(string rule) => new(path, null, rule);
}
