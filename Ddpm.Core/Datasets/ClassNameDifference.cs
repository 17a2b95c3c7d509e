namespace Ddpm.Datasets;

/// <summary>Compares the names of classes, by label: a number must mean the same class in both lists.</summary>
internal static class ClassNameDifference
{
    /// <summary>What differs, as the end of a sentence without its full stop; null: nothing.</summary>
    internal static string? Of(IReadOnlyList<string>? first, IReadOnlyList<string>? second)
    {
        if (first is null || second is null)
            return first is null == second is null ? null : $"only the {(first is null ? "second" : "first")} have any";
        if (first.Except(second, StringComparer.Ordinal).FirstOrDefault() is { } onlyFirst)
            return $"'{onlyFirst}' is among the first {first.Count} and not among the second {second.Count}";
        if (second.Except(first, StringComparer.Ordinal).FirstOrDefault() is { } onlySecond)
            return $"'{onlySecond}' is among the second {second.Count} and not among the first {first.Count}";
        for (var label = 0; label < Math.Max(first.Count, second.Count); label++)
            if (first.ElementAtOrDefault(label) is var ours && second.ElementAtOrDefault(label) is var theirs && ours != theirs)
                return $"their order differs: class {label} is '{ours}' in the first and '{theirs}' in the second";
        return null;
    }
}
