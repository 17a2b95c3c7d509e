using System.Runtime.InteropServices;

namespace Ddpm.Samples;

/// <summary>What went wrong, in one line.</summary>
internal static class Fault
{
    private static readonly string[] NoMemory = ["can't allocate memory", "not enough memory", "out of memory"];

    /// <summary>The message; of native faults without their stack; of those that nobody foresaw, with their type.</summary>
    public static string Line(Exception fault) => fault switch
    {
        AggregateException { InnerException: { } inner } => Line(inner),
        TypeInitializationException { InnerException: { } inner } => Line(inner),
        OutOfMemoryException => "There is not enough memory: take fewer or smaller images at once. " + First(fault.Message),
        ExternalException when NoMemory.Any(words => fault.Message.Contains(words, StringComparison.OrdinalIgnoreCase)) =>
            "There is not enough memory: take fewer or smaller images at once. " + First(fault.Message),
        ExternalException => "libtorch: " + First(fault.Message),
        ArgumentException { ParamName: { } parameter } => Joined(fault.Message.Replace($" (Parameter '{parameter}')", "", StringComparison.Ordinal)),
        IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException or NotSupportedException
            or OverflowException or DiffusionConfigurationException or TrainingDivergedException => Joined(fault.Message),
        _ => $"{fault.GetType().Name}: {First(fault.Message)}",
    };

    /// <summary>One line of several.</summary>
    public static string Joined(string message) =>
        string.Join(' ', message.Split(['\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    // libtorch writes its own stack under its message.
    private static string First(string message) => message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries) is [var first, ..] ? first : "";
}
