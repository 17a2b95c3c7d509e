using Ddpm.Datasets;
using Ddpm.Imaging;

namespace Ddpm.Training;

/// <summary>Classes, their names, and what guidance needs.</summary>
internal static class ClassesCheck
{
    private const int MostNamed = 5;

    internal static IEnumerable<TrainingFinding> Of(TrainingPlan plan)
    {
        var traits = plan.Traits;
        if (traits.Classes is not (> 0 and var classes))
            yield break;
        if (traits.NullClass is not null && plan.Options.LabelDropout == 0)
            yield return TrainingFinding.Warning(
                TrainingFindingKind.NullClassNotTrained,
                $"The network has a null class, but {nameof(TrainingOptions.LabelDropout)} is 0: the null class is never "
                + $"trained, and guidance leads away from noise.",
                $"Set {nameof(TrainingOptions.LabelDropout)} to 0.1, or build the network without a null class.");
        if (plan.Data is not { } data)
            yield break;
        if (data.ClassNames is null && plan.ClassNames is null)
            yield return TrainingFinding.Note(
                TrainingFindingKind.ClassNamesMissing, $"The {classes} classes have no names, so that the model is saved without.",
                $"Give the data set names, or the builder.");
        else if (data.ClassNames is { } theirs && plan.ClassNames is { } ours && ClassNameDifference.Of(ours, theirs) is { } difference)
            yield return TrainingFinding.Fault(
                TrainingFindingKind.ClassesDiffer, $"The images have not the classes that the model has: {difference}.",
                $"The first are the model's, the second the data set's.");
        if (data.Labels is { } labels && Missing(labels, classes) is { Count: > 0 } missing)
            yield return TrainingFinding.Warning(
                TrainingFindingKind.ClassesWithoutImages,
                $"Of {missing.Count} of the {classes} classes there are no images: {Named(missing, data.ClassNames ?? plan.ClassNames)}.",
                $"Such a class is drawn as noise: leave it out.");
    }

    private static List<int> Missing(IReadOnlyList<int> labels, int classes)
    {
        if (classes == int.MaxValue)
            return [];
        var there = labels.ToHashSet();
        return [.. Enumerable.Range(0, classes).Where(label => !there.Contains(label))];
    }

    private static string Named(List<int> labels, IReadOnlyList<string>? names) =>
        string.Join(", ", labels.Take(MostNamed).Select(label =>
            FormattableString.Invariant($"{label}") + (names?.ElementAtOrDefault(label) is { } name ? $" '{name}'" : "")))
        + (labels.Count > MostNamed ? ", …" : "");
}
