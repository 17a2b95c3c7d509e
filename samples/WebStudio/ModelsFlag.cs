using System.CommandLine;
using System.Text.RegularExpressions;

namespace Ddpm.Samples.WebStudio;

/// <summary>--weights: the models to show, NAME=PATH or one PATH; by default QuickStart's.</summary>
internal sealed partial class ModelsFlag : Option<string[]>
{
    private const string Usual = QuickStartRecipe.Folder + "/model", UsualName = "quickstart";

    public ModelsFlag()
        : base("--weights")
    {
        Description = $"A saved model's or a pipeline's folder, or a file of weights; name=path for one of several. By default {Usual}.";
        HelpName = "[name=]path";
        this.Refuse(Fault);
    }

    /// <summary>The models by their names.</summary>
    /// <exception cref="FileNotFoundException">One is not there.</exception>
    public IReadOnlyDictionary<string, string> Of(ParseResult options)
    {
        var models = options.GetValue(this) is { Length: > 0 } given
            ? given.Select(Split).ToDictionary(each => each.Name, each => each.Path, StringComparer.Ordinal)
            : new(StringComparer.Ordinal) { [UsualName] = Usual };
        foreach (var path in models.Values)
            if (!Directory.Exists(path) && !File.Exists(path))
                throw new FileNotFoundException($"There is no model {path}; samples/QuickStart (ddpm quickstart) writes one to {Usual}.");
        return models;
    }

    private static string? Fault(string[] given)
    {
        var models = given.Select(Split).ToArray();
        return models.FirstOrDefault(each => each.Path.Length == 0 || !NameForm().IsMatch(each.Name)) is { Name: not null } odd
            ? $"--weights must be a path, or name=path with a name of at most 40 letters, digits, points and dashes, but is '{odd.Given}'."
            : models.GroupBy(each => each.Name).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? $"--weights must give each model a name of its own, but there are {twice.Count()} '{twice.Key}'."
            : null;
    }

    // Without a name it is the last part of the path, and of the path before that where this says nothing.
    private static (string Given, string Name, string Path) Split(string given)
    {
        if (given.IndexOf('=', StringComparison.Ordinal) is > 0 and var at && NameForm().IsMatch(given[..at]))
            return (given, given[..at], given[(at + 1)..]);
        if (string.IsNullOrWhiteSpace(given))
            return (given, "", "");
        var parts = Path.GetFullPath(given).Split(['/', '\\'], StringSplitOptions.RemoveEmptyEntries);
        var last = parts is [.., var above, "model"] ? above : parts.LastOrDefault("model");
        var name = OddCharacters().Replace(last, "-").Trim('-');
        return (given, name.Length is 0 ? "model" : name[..Math.Min(name.Length, 40)], given);
    }

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,40}$")]
    private static partial Regex NameForm();

    [GeneratedRegex("[^A-Za-z0-9._-]+")]
    private static partial Regex OddCharacters();
}
