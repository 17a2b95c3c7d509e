using Ddpm.Datasets;

namespace Ddpm;

public sealed partial class Diffusion
{
    /// <summary>
    /// The names of the network's classes, by label: those of the data that it was first trained on, or of the builder. They are saved with the
    /// model. null: not known, or the network has no classes.
    /// </summary>
    public IReadOnlyList<string>? ClassNames { get; internal set; }

    /// <summary>Takes over the names of the data to train on, if the model has none; a number must mean the same class from then on.</summary>
    /// <param name="data">The images.</param>
    /// <param name="startsAnew">Whether what was learned, and so what the names were, is given up.</param>
    /// <returns>The names before.</returns>
    /// <exception cref="ArgumentException">The names of the data are others than the model's.</exception>
    private IReadOnlyList<string>? TakeClassNames(IImageDataset data, bool startsAnew)
    {
        var before = ClassNames;
        if (Denoiser.Traits.Classes is not { } classes || data.ClassNames is not { } names)
            return before;
        if (before is not null && !startsAnew && ClassNameDifference.Of(before, names) is { } difference)
            throw new ArgumentException(
                $"Images to train on must have the classes that the model has (first) and not others (second), but {difference}.", nameof(data));
        if (names.Count == classes)
            ClassNames = EquatableList.Of(names);
        return before;
    }
}
