using System.CommandLine;
using System.Globalization;
using TorchSharp;

namespace Ddpm.Samples;

/// <summary>Flags that several samples share; names as in the reference programs.</summary>
internal static class CommonOptions
{
    private const int LargestEdge = 100_000;
    private const string SizeForm = " One number, or height x width as 192x160.";

    public static Option<ulong> Seed() => new("--seed")
    {
        Description = "Everything random follows from it.",
        DefaultValueFactory = _ => 0UL,
        CustomParser = argument => Flag.Parse(argument, $"a whole number in 0..{ulong.MaxValue}",
            text => ulong.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture)),
    };

    public static Option<torch.Device> Device()
    {
        var option = new Option<torch.Device>("--device")
        {
            Description = "cpu, cuda or cuda:N; by default cuda where there is one.",
            DefaultValueFactory = _ => torch.cuda.is_available() ? torch.CUDA : torch.CPU,
            CustomParser = argument => Flag.Parse(argument, "cpu, cuda or cuda:N", text => text switch
            {
                "cpu" => torch.CPU,
                "cuda" => new torch.Device(DeviceType.CUDA, 0),
                _ when text.StartsWith("cuda:", StringComparison.Ordinal) =>
                    new torch.Device(DeviceType.CUDA, int.Parse(text[5..], NumberStyles.None, CultureInfo.InvariantCulture)),
                _ => throw new FormatException(),
            }),
        };
        option.Refuse(device =>
            device.type == DeviceType.CPU ? null
            : !torch.cuda.is_available() ? $"--device must be there, but {device} is not: no CUDA device is available. "
                + "Build with -p:TorchBackend=cuda on a machine that has one."
            : device.index >= torch.cuda.device_count()
                ? $"--device must be there, but {device} is not: the last CUDA device is cuda:{torch.cuda.device_count() - 1}."
            : null);
        return option;
    }

    /// <summary>An edge in pixels, or height and width: 32 or 192x160.</summary>
    public static Option<(int Height, int Width)> Size(string description, int edge) => new("--size")
    {
        Description = description + SizeForm,
        HelpName = "edge|HxW",
        DefaultValueFactory = _ => (edge, edge),
        CustomParser = argument => Flag.Parse(argument, SizeRule, ToSize),
    };

    /// <inheritdoc cref="Size"/>
    public static Option<(int Height, int Width)?> OptionalSize(string description, string name = "--size") => new(name)
    {
        Description = description + SizeForm,
        HelpName = "edge|HxW",
        CustomParser = argument => Flag.Parse<(int, int)?>(argument, SizeRule, text => ToSize(text)),
    };

    private static string SizeRule => $"pixels in 1..{LargestEdge}, one number or height x width as 192x160";

    private static (int Height, int Width) ToSize(string text)
    {
        var numbers = text.Split('x').Select(part => Flag.ToWhole(part, 1, LargestEdge)).ToArray();
        return numbers is { Length: 1 or 2 } ? (numbers[0], numbers[^1]) : throw new FormatException();
    }
}
