using Microsoft.ML.OnnxRuntime;

namespace Ddpm.Samples;

/// <summary>What computes in ONNX Runtime.</summary>
internal static class OnnxProvider
{
    /// <summary>The names by which the command line knows them.</summary>
    public static IReadOnlyList<string> Names { get; } = ["cpu", "cuda", "directml", "coreml"];

    /// <summary>Settings of a session; the caller disposes them.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="ArgumentException">This program was built without it, or the machine has none.</exception>
    public static SessionOptions Options(string name)
    {
        var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        try
        {
            switch (name)
            {
                case "cuda":
                    options.AppendExecutionProvider_CUDA();
                    break;
                case "directml":
                    // As DirectML wants it.
                    options.EnableMemoryPattern = false;
                    options.ExecutionMode = ExecutionMode.ORT_SEQUENTIAL;
                    options.AppendExecutionProvider_DML();
                    break;
                case "coreml":
                    options.AppendExecutionProvider_CoreML();
                    break;
            }
            return options;
        }
        catch (Exception fault) when (fault is OnnxRuntimeException or EntryPointNotFoundException or NotSupportedException)
        {
            options.Dispose();
            throw new ArgumentException(
                $"--provider {name} must be one that this program was built with and this machine has: -p:OnnxRuntimePackage="
                + $"{(name == "directml" ? "Microsoft.ML.OnnxRuntime.DirectML" : "Microsoft.ML.OnnxRuntime.Gpu")} and a driver, say. "
                + $"ONNX Runtime says: {fault.Message.ReplaceLineEndings(" ")}", fault);
        }
    }
}
