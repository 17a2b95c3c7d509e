using System.CommandLine;

namespace Ddpm.Samples;

/// <summary>Classes to draw, and how much to insist on them.</summary>
internal sealed class GuidanceFlags
{
    private readonly Option<int[]> labels = Flag.Wholes(
        "--labels", "The class of each image, for a network with classes. Then as many images are drawn.", 0, int.MaxValue);
    private readonly Option<double> scale =
        Flag.Number("--guidance", "How much to insist on the classes: 1 takes the network at its word.", 1, 0, double.MaxValue);
    private readonly Option<(double Lowest, double Highest)> interval = new("--guidance_interval")
    {
        Description = "Noise levels sigma/alpha between which guidance is on: 0.2,5. By default all.",
        HelpName = "low,high",
        DefaultValueFactory = _ => (0, double.PositiveInfinity),
        CustomParser = argument => Flag.Parse(argument, "two numbers with a comma between them, the lower one first", text =>
            text.Split(',') is [var low, var high]
                ? Rising(Flag.ToNumber(low, 0, double.PositiveInfinity), Flag.ToNumber(high, 0, double.PositiveInfinity))
                : throw new FormatException()),
    };

    /// <summary>The flags.</summary>
    public IReadOnlyList<Option> All => [labels, scale, interval];

    /// <summary>Adds the flags to a command.</summary>
    /// <param name="command">It.</param>
    /// <param name="count">Its flag for the number of images, which labels say too.</param>
    /// <param name="classes">A flag that brings labels by itself, so that none may be given.</param>
    public void AddTo(Command command, Option count, Option? classes = null)
    {
        foreach (var option in All)
            command.Options.Add(option);
        command.NotWith(labels, count);
        if (classes is not null)
            command.NotWith(classes, labels);
        command.Ignored(result => result.Has(labels) || (classes is not null && result.Has(classes)) ? null : "without " + labels.Name, scale);
        command.OnlyWith(scale, interval);
    }

    /// <summary>The labels, or null.</summary>
    public int[]? LabelsOf(ParseResult options) => options.GetRequiredValue(labels) is { Length: > 0 } given ? given : null;

    /// <summary>Whether a model can be guided, where it is asked for.</summary>
    /// <exception cref="ArgumentException">It cannot.</exception>
    public void Check(ParseResult options, Diffusion diffusion)
    {
        if (options.CommandResult.Has(scale) && diffusion.Denoiser.Traits.NullClass is null)
            throw new ArgumentException($"{scale.Name} would be ignored with a model that has no classes, or no null class.");
    }

    /// <summary>What the others say.</summary>
    public Guidance Of(ParseResult options)
    {
        var (lowest, highest) = options.GetRequiredValue(interval);
        return new(options.GetRequiredValue(scale)) { LowestRho = lowest, HighestRho = highest };
    }

    private static (double, double) Rising(double lowest, double highest) => lowest < highest ? (lowest, highest) : throw new FormatException();
}
