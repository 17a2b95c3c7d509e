using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using TorchSharp;

namespace Ddpm.Samples;

/// <summary>Flags that several samples share; names as in the reference programs.</summary>
internal static class CommonOptions
{
    public static Option<string> Out(string file) => new("--out") { Description = "Where to write.", DefaultValueFactory = _ => file };

    public static Option<ulong> Seed() => new("--seed") { Description = "Everything random follows from it.", DefaultValueFactory = _ => 0UL };

    public static Option<string> Network(string preset) => new Option<string>("--network")
    {
        Description = "The UNet: paper, reference, small or tiny.",
        DefaultValueFactory = _ => preset,
    }.AcceptOnlyFromAmong("paper", "reference", "small", "tiny");

    public static Option<torch.Device> Device() => new("--device")
    {
        Description = "cpu, cuda or cuda:N; by default cuda where there is one.",
        DefaultValueFactory = _ => torch.cuda.is_available() ? torch.CUDA : torch.CPU,
        CustomParser = argument => Parse(argument, "cpu, cuda or cuda:N", text => text switch
        {
            "cpu" => torch.CPU,
            "cuda" => new torch.Device(DeviceType.CUDA, 0),
            _ when text.StartsWith("cuda:", StringComparison.Ordinal) =>
                new torch.Device(DeviceType.CUDA, int.Parse(text[5..], NumberStyles.None, CultureInfo.InvariantCulture)),
            _ => throw new FormatException(),
        }),
    };

    /// <summary>An edge in pixels, or height and width: 32 or 192x160.</summary>
    public static Option<(int Height, int Width)> Size(string description, int edge) => new("--size")
    {
        Description = description + SizeForm,
        DefaultValueFactory = _ => (edge, edge),
        CustomParser = ParseSize,
    };

    /// <inheritdoc cref="Size"/>
    public static Option<(int Height, int Width)?> OptionalSize(string description) => new("--size")
    {
        Description = description + SizeForm,
        CustomParser = argument => ParseSize(argument),
    };

    /// <summary>Numbers between commas: 100,200,300.</summary>
    public static Option<int[]> Steps(string name, string description, params int[] defaults) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => defaults,
        CustomParser = argument => Parse(argument, "whole numbers between commas",
            text => text.Split(',').Select(part => int.Parse(part, NumberStyles.None, CultureInfo.InvariantCulture)).ToArray()),
    };

    public static UNetOptions NetworkOptions(string preset) => preset switch
    {
        "paper" => UNetOptions.Cifar10,
        "reference" => UNetOptions.ReferencePrograms,
        "small" => UNetOptions.Small,
        _ => UNetOptions.Tiny,
    };

    private const string SizeForm = " One number, or height x width as 192x160.";

    private static (int Height, int Width) ParseSize(ArgumentResult argument) => Parse(argument, "a number of pixels, or two as 192x160", text =>
    {
        var numbers = text.Split('x').Select(part => int.Parse(part, NumberStyles.None, CultureInfo.InvariantCulture)).ToArray();
        return numbers is { Length: 1 or 2 } ? (numbers[0], numbers[^1]) : throw new FormatException();
    });

    /// <summary>A value by its text; another text is refused with the rule.</summary>
    public static T? Parse<T>(ArgumentResult argument, string rule, Func<string, T> parse)
    {
        var text = argument.Tokens[0].Value;
        try
        {
            return parse(text);
        }
        catch (Exception fault) when (fault is FormatException or OverflowException)
        {
            argument.AddError($"{(argument.Parent as OptionResult)?.Option.Name} must be {rule}, but is '{text}'.");
            return default;
        }
    }
}
