using System.CommandLine;
using System.CommandLine.Parsing;

namespace Ddpm.Samples;

/// <summary>A command line together with what the file of its --config adds.</summary>
internal sealed class ConfiguredLine
{
    private readonly string? path;
    private readonly HashSet<Option> added = [];

    /// <exception cref="ArgumentException">The file is at fault.</exception>
    public ConfiguredLine(Command command, string[] arguments)
    {
        Parsed = command.Parse(arguments);
        var line = Parsed.CommandResult;
        if (line.Command.Options.OfType<ConfigFlag>().SingleOrDefault() is not { } flag
            || line.GetResult(flag) is not { Implicit: false, Tokens: [var token] } given || given.Errors.Any())
            return;
        path = token.Value;
        var settings = ConfigFile.Read(path, line.Command).Where(setting => line.GetResult(setting.Flag) is not { Implicit: false }).ToArray();
        added.UnionWith(settings.Select(setting => setting.Flag));
        // Right behind the command's name, where they take nothing from what is there.
        var at = 0;
        for (var above = line.Parent; above is CommandResult; above = above.Parent)
            at++;
        Parsed = command.Parse(
        [
            .. arguments[..at],
            .. settings.SelectMany(setting => setting.Values.SelectMany(value => Words(setting.Flag.Name, value))),
            .. arguments[at..],
        ]);
    }

    /// <summary>Both.</summary>
    public ParseResult Parsed { get; }

    /// <summary>What is wrong, with the file's name where it may have brought it.</summary>
    public IReadOnlyList<string> Errors => [.. Parsed.Errors.Select(error =>
        path is null || FlagOf(error.SymbolResult) is { } flag && !added.Contains(flag) ? error.Message : $"{path}: {error.Message}").Distinct()];

    // As one word, a value may begin with a dash; an empty one needs a word of its own.
    private static string[] Words(string name, string value) => value.Length == 0 ? [name, value] : [$"{name}={value}"];

    private static Option? FlagOf(SymbolResult? result) => result switch
    {
        OptionResult flag => flag.Option,
        ArgumentResult { Parent: OptionResult flag } => flag.Option,
        _ => null,
    };
}
