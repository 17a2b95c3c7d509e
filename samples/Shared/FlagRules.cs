using System.CommandLine;
using System.CommandLine.Parsing;

namespace Ddpm.Samples;

/// <summary>Flags that would say nothing are refused by name: nobody should believe that they did something.</summary>
internal static class FlagRules
{
    /// <summary>Whether a flag stands on the command line; one that is yes or no counts where it says yes.</summary>
    public static bool Has(this CommandResult result, Option flag) =>
        result.GetResult(flag) is { Implicit: false } given && !(flag is Option<bool> && !given.GetValueOrDefault<bool>());

    /// <summary>A flag's value, given or its usual one: while rules are looked at, usual ones do not stand in the result yet.</summary>
    public static T? ValueOf<T>(this CommandResult result, Option<T> flag) =>
        result.GetResult(flag) is { } given ? given.GetValueOrDefault<T>() : (T?)flag.GetDefaultValue();

    /// <summary>Refuses values of a flag that can be read and are wrong all the same.</summary>
    /// <param name="flag">It.</param>
    /// <param name="fault">What is wrong with a value, as a sentence; null: nothing.</param>
    public static void Refuse<T>(this Option<T> flag, Func<T, string?> fault) => flag.Validators.Add(result =>
    {
        if (!result.Implicit && Read() is { } value && fault(value) is { } sentence)
            result.AddError(sentence);

        // One that cannot be read has its own error.
        T? Read()
        {
            try
            {
                return result.GetValueOrDefault<T>();
            }
            catch (InvalidOperationException)
            {
                return default;
            }
        }
    });

    /// <summary>Some flags say nothing beside another one.</summary>
    public static void NotWith(this Command command, Option other, params Option[] flags) =>
        command.Ignored(result => result.Has(other) ? "with " + other.Name : null, flags);

    /// <summary>Some flags say nothing without another one.</summary>
    public static void OnlyWith(this Command command, Option needed, params Option[] flags) =>
        command.Ignored(result => result.Has(needed) ? null : "without " + needed.Name, flags);

    /// <summary>Some flags say nothing where there is a reason; null: there is none. Nothing is asked while a flag by itself is wrong.</summary>
    public static void Ignored(this Command command, Func<CommandResult, string?> reason, params Option[] flags) => command.Validators.Add(result =>
    {
        if (result.Children.Any(child => child.Errors.Any()))
            return;
        var given = flags.Where(result.Has).Select(flag => flag.Name).ToArray();
        if (given.Length > 0 && reason(result) is { } why)
            result.AddError($"{string.Join(", ", given)} would be ignored {why}.");
    });
}
