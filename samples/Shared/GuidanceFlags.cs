using System.CommandLine;
using System.Globalization;

namespace Ddpm.Samples;

/// <summary>Classes to draw, and how much to insist on them.</summary>
internal sealed class GuidanceFlags
{
    private readonly Option<int[]> labels =
        CommonOptions.Steps("--labels", "The class of each image, for a network with classes: 0,1,2. Then as many images are drawn.");
    private readonly Option<double> scale = new("--guidance")
        { Description = "How much to insist on the classes: 1 takes the network at its word.", DefaultValueFactory = _ => 1 };
    private readonly Option<(double Lowest, double Highest)> interval = new("--guidance_interval")
    {
        Description = "Noise levels sigma/alpha between which guidance is on: 0.2,5. By default all.",
        DefaultValueFactory = _ => (0, double.PositiveInfinity),
        CustomParser = argument => CommonOptions.Parse(argument, "two numbers with a comma between them", text =>
            text.Split(',') is [var low, var high]
                ? (double.Parse(low, CultureInfo.InvariantCulture), double.Parse(high, CultureInfo.InvariantCulture))
                : throw new FormatException()),
    };

    /// <summary>Adds the flags to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[labels, scale, interval])
            command.Options.Add(option);
    }

    /// <summary>The labels, or null.</summary>
    public int[]? LabelsOf(ParseResult options) => options.GetRequiredValue(labels) is { Length: > 0 } given ? given : null;

    /// <summary>What the others say.</summary>
    public Guidance Of(ParseResult options)
    {
        var (lowest, highest) = options.GetRequiredValue(interval);
        return new(options.GetRequiredValue(scale)) { LowestRho = lowest, HighestRho = highest };
    }
}
