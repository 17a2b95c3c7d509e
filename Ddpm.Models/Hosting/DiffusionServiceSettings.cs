using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Ddpm.Hosting;

/// <summary>
/// Settings out of configuration, by name and without reflection. What cannot be read is kept, and reported with all other faults; a name that is not
/// known is one, since it may be a misspelt limit.
/// </summary>
internal static class DiffusionServiceSettings
{
    private delegate bool Parse<T>(string text, out T value);

    private static readonly Dictionary<string, Func<DiffusionServiceOptions, string, string?>> Readers = new(StringComparer.OrdinalIgnoreCase)
    {
        [nameof(DiffusionServiceOptions.Model)] = Text((options, value) => options.Model = value),
        [nameof(DiffusionServiceOptions.Sampler)] = Text((options, value) => options.Sampler = value),
        [nameof(DiffusionServiceOptions.Device)] = Text((options, value) => options.Device = value),
        [nameof(DiffusionServiceOptions.Steps)] = Number((options, value) => options.Steps = value),
        [nameof(DiffusionServiceOptions.BatchSize)] = Number((options, value) => options.BatchSize = value),
        [nameof(DiffusionServiceOptions.QueueLimit)] = Number((options, value) => options.QueueLimit = value),
        [nameof(DiffusionServiceOptions.MostImages)] = Number((options, value) => options.MostImages = value),
        [nameof(DiffusionServiceOptions.MostSteps)] = Number((options, value) => options.MostSteps = value),
        [nameof(DiffusionServiceOptions.StuckAfter)] = Time((options, value) => options.StuckAfter = value),
        [nameof(DiffusionServiceOptions.FinishWithin)] = Time((options, value) => options.FinishWithin = value),
    };

    internal static void Read(IConfiguration configuration, DiffusionServiceOptions options)
    {
        var entries = configuration.GetChildren().ToArray();
        if (entries.Length == 0)
            options.Unread.Add(configuration is IConfigurationSection section
                ? $"Its section '{section.Path}' of the configuration is empty."
                : "Its configuration is empty.");
        foreach (var entry in entries)
        {
            var fault =
                !Readers.TryGetValue(entry.Key, out var read) ? $"must be one of {string.Join(", ", Readers.Keys.Order(StringComparer.Ordinal))}"
                : entry.Value is not { } value ? "must have a value"
                : read(options, value);
            if (fault is not null)
                options.Unread.Add($"'{entry.Path}' {fault}{(entry.Value is null ? "" : $", but is '{entry.Value}'")}.");
        }
    }

    private static Func<DiffusionServiceOptions, string, string?> Text(Action<DiffusionServiceOptions, string> set) => (options, text) =>
    {
        set(options, text);
        return null;
    };

    private static Func<DiffusionServiceOptions, string, string?> Number(Action<DiffusionServiceOptions, int> set) => Parsed(
        (string text, out int value) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value), set,
        "a whole number");

    private static Func<DiffusionServiceOptions, string, string?> Time(Action<DiffusionServiceOptions, TimeSpan> set) => Parsed(
        (string text, out TimeSpan value) => TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out value), set, "a time as 00:00:20");

    private static Func<DiffusionServiceOptions, string, string?> Parsed<T>(
        Parse<T> parse, Action<DiffusionServiceOptions, T> set, string what) => (options, text) =>
    {
        if (!parse(text, out var value))
            return $"must be {what}";
        set(options, value);
        return null;
    };
}
