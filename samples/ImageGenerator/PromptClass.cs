using System.Globalization;
using Ddpm.Hosting;

namespace Ddpm.Samples;

/// <summary>What class a prompt means.</summary>
internal static class PromptClass
{
    /// <returns>null: none was asked for.</returns>
    /// <exception cref="ArgumentException">The model has no classes, or none of this name or number; the message lists them.</exception>
    internal static int? Of(string? prompt, DiffusionModelInfo model)
    {
        var asked = prompt?.Trim();
        if (string.IsNullOrEmpty(asked))
            return null;
        if (model.Classes is not { } classes)
            throw new ArgumentException($"The model has no classes, so that the prompt must be empty, but is '{asked}'.", nameof(prompt));
        for (var label = 0; label < model.ClassNames?.Count; label++)
            if (string.Equals(model.ClassNames[label], asked, StringComparison.OrdinalIgnoreCase))
                return label;
        if (int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < classes)
            return number;
        throw new ArgumentException(
            $"The prompt must be a class's number in 0..{classes - 1}"
            + (model.ClassNames is { } names ? $" or name ({string.Join(", ", names)})" : "") + $", but is '{asked}'.", nameof(prompt));
    }
}
