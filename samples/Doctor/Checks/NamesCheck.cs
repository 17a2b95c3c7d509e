namespace Ddpm.Samples;

/// <summary>Classes and their names: of the model, and of the run that trained it.</summary>
internal sealed class NamesCheck : ICheck
{
    private const string Recorded = "data.classes", None = "none";
    private const int MostNamed = 3;

    private static readonly FindingKind Missing = FindingKind.Note("class-names-missing"), Twice = FindingKind.Warning("class-names-twice"),
        Differ = FindingKind.Error("class-names-differ");

    public IReadOnlyList<FindingKind> Kinds { get; } = [Missing, Twice, Differ];

    public IEnumerable<Finding> Look(Patient patient, CancellationToken stop)
    {
        if (patient.Diffusion is not { } model || model.Denoiser.Traits.Classes is not (> 0 and < int.MaxValue and var classes))
            yield break;
        if (model.ClassNames is not { } names)
        {
            yield return Missing.Found(
                $"The {classes} classes have no names.", "Nothing need be done; DiffusionBuilder.WithClassNames gives some before saving.");
            yield break;
        }
        if (names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            yield return Twice.Found($"{twice.Count()} of the {classes} classes are called '{twice.Key}'.", "Correct class_names in ddpm.json.");
        if (patient.State?.Recipe.GetValueOrDefault(Recorded) is { } trained && trained != None && trained != string.Join(", ", names))
            yield return Differ.Found(
                $"The model's classes are {Listed.Of(names, MostNamed)}, but those of the run are {Listed.Of(trained.Split(", "), MostNamed)}.",
                "Model and states are not of the same run, or ddpm.json was changed: take the names of the images that it was trained on.");
    }
}
