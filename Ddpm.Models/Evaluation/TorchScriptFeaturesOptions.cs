using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Evaluation;

/// <summary>What a TorchScript file wants, which the file itself does not say.</summary>
public sealed record TorchScriptFeaturesOptions
{
    /// <summary>What distances between its features are called after; null by default: the file's name.</summary>
    public string? Name { get; init; }

    /// <summary>The SHA-256 that the file must have, as 64 hexadecimal digits, before anything of it runs; null by default: any.</summary>
    public string? Sha256 { get; init => field = CheckHash(value, nameof(Sha256)); }

    /// <summary>What images it takes; -1 to 1 of 3 channels, as large as they are, by default.</summary>
    public FeatureInput Input { get; init => field = value ?? throw new ArgumentNullException(nameof(Input)); } = new();

    /// <summary>What the function is given after the images, in the order of its parameters: bool, int, long, double or float. Nothing by
    /// default.</summary>
    public IReadOnlyList<object> Arguments { get; init => field = CheckArguments(value, nameof(Arguments)); } = EquatableList.Of<object>([]);

    /// <summary>D; null by default: found by a black image of <see cref="FeatureInput.Side"/>, or of 64 x 64.</summary>
    public int? Width { get; init => field = RuleArgument.Check(value is null or >= 1, nameof(Width), value, "at least 1"); }

    /// <summary>Images at once, 1 by default; the last ones are filled up. Always the same number, so that an image's features do not depend on how
    /// many are asked for. A GPU wants more.</summary>
    public int BatchSize { get; init => field = RuleArgument.Check(value >= 1, nameof(BatchSize), value, "at least 1"); } = 1;

    /// <summary>Where it runs; null by default: the CPU.</summary>
    public Device? Device { get; init; }

    private static string? CheckHash(string? hash, string name) => hash is null || (hash.Length == 64 && hash.All(char.IsAsciiHexDigit))
        ? hash?.ToLowerInvariant()
        : throw new ArgumentException($"A SHA-256 must be 64 hexadecimal digits, but is \"{hash}\".", name);

    private static IReadOnlyList<object> CheckArguments(IReadOnlyList<object> arguments, string name)
    {
        ArgumentNullException.ThrowIfNull(arguments, name);
        return arguments.FirstOrDefault(each => each is not (bool or int or long or double or float)) is { } wrong
            ? throw new ArgumentException($"Arguments may be bool, int, long, double and float, but one is {wrong.GetType().Name}.", name)
            : EquatableList.Of(arguments);
    }
}
