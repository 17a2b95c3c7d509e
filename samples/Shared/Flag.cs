using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Ddpm.Samples;

/// <summary>Makes flags whose values are read in one way whatever the culture, and refused by name with the rule and the text found.</summary>
internal static class Flag
{
    /// <summary>A whole number in a range.</summary>
    public static Option<int> Whole(string name, string description, int usual, int least = 1, int most = int.MaxValue) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => usual,
        CustomParser = argument => Parse(argument, $"a whole number in {least}..{most}", text => ToWhole(text, least, most)),
    };

    /// <summary>A whole number in a range, or none.</summary>
    public static Option<int?> OptionalWhole(string name, string description, int least = 1, int most = int.MaxValue) => new(name)
    {
        Description = description,
        CustomParser = argument => Parse<int?>(argument, $"a whole number in {least}..{most}", text => ToWhole(text, least, most)),
    };

    /// <summary>Whole numbers in a range, with commas between them: 100,200,300.</summary>
    public static Option<int[]> Wholes(string name, string description, int least, int most, params int[] usual) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => usual,
        HelpName = "n,n,...",
        CustomParser = argument => Parse(argument, $"whole numbers in {least}..{most} with commas between them",
            text => text.Split(',').Select(part => ToWhole(part, least, most)).ToArray()),
    };

    /// <summary>A number in a range, both ends included, with a point before its fraction.</summary>
    public static Option<double> Number(string name, string description, double usual, double least, double most) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => usual,
        CustomParser = argument => Parse(argument, Rule(least, most), text => ToNumber(text, least, most)),
    };

    /// <summary>A number in a range, or none.</summary>
    public static Option<double?> OptionalNumber(string name, string description, double least, double most) => new(name)
    {
        Description = description,
        CustomParser = argument => Parse<double?>(argument, Rule(least, most), text => ToNumber(text, least, most)),
    };

    /// <summary>One of some words.</summary>
    public static Option<string> OneOf(string name, string description, string usual, params string[] words) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => usual,
        HelpName = string.Join('|', words),
        CustomParser = argument => Parse(argument, OneOf(words), text => ToWord(text, words)),
    };

    /// <summary>One of some words, or none.</summary>
    public static Option<string?> OptionalOneOf(string name, string description, params string[] words) => new(name)
    {
        Description = description,
        HelpName = words.Length > 5 ? "name" : string.Join('|', words),
        CustomParser = argument => Parse(argument, OneOf(words), text => ToWord(text, words)),
    };

    /// <summary>One of an enumeration's names, in any case.</summary>
    public static Option<T?> OptionalOneOf<T>(string name, string description)
        where T : struct, Enum => new(name)
        {
            Description = description,
            HelpName = string.Join('|', Enum.GetNames<T>()),
            CustomParser = argument => Parse<T?>(argument, OneOf(Enum.GetNames<T>()), text =>
                Enum.Parse<T>(ToWord(text, Enum.GetNames<T>(), StringComparison.OrdinalIgnoreCase))),
        };

    /// <summary>A value by its text; another text is refused with the rule.</summary>
    public static T? Parse<T>(ArgumentResult argument, string rule, Func<string, T> parse)
    {
        var text = argument.Tokens[^1].Value;
        try
        {
            return parse(text);
        }
        catch (Exception fault) when (fault is FormatException or OverflowException)
        {
            // Named as it was, of its two names.
            var name = argument.Parent is OptionResult flag ? flag.IdentifierToken?.Value ?? flag.Option.Name : argument.Argument.Name;
            argument.AddError($"{name} must be {rule}, but is '{text}'.");
            return default;
        }
    }

    public static int ToWhole(string text, int least, int most) =>
        int.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) is var number && number >= least && number <= most
            ? number
            : throw new FormatException();

    /// <summary>No separators of thousands: "0,02" is not 2.</summary>
    public static double ToNumber(string text, double least, double most) =>
        double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture) is var number && number >= least && number <= most
            ? number
            : throw new FormatException();

    private static string ToWord(string text, string[] words, StringComparison comparison = StringComparison.Ordinal) =>
        Array.Find(words, word => string.Equals(word, text, comparison)) ?? throw new FormatException();

    private static string OneOf(string[] words) => "one of " + string.Join(", ", words);

    private static string Rule(double least, double most) => most == double.MaxValue
        ? string.Create(CultureInfo.InvariantCulture, $"a number from {least} on, such as 0.5")
        : string.Create(CultureInfo.InvariantCulture, $"a number in {least}..{most}, such as 0.5");
}
