namespace Ddpm;

public sealed partial class DiffusionBuilder
{
    private IReadOnlyList<string>? classNames;

    /// <summary>
    /// The names of the network's classes, by label. Without them the names are those of the data that the model is first trained on.
    /// </summary>
    /// <param name="names">As many as the network has classes.</param>
    /// <exception cref="ArgumentException">A name is null.</exception>
    public DiffusionBuilder WithClassNames(IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        if (names.Any(name => name is null))
            throw new ArgumentException("Every class must have a name, but one is null.", nameof(names));
        classNames = EquatableList.Of(names);
        return this;
    }

    // A network of a file is known when it is made.
    private IReadOnlyList<string>? ClassNamesOf(IDenoiser denoiser, bool isOwned)
    {
        if (FaultOfClassNames(denoiser.Traits.Classes) is not { } fault)
            return classNames;
        if (isOwned)
            denoiser.Network?.Dispose();
        throw new DiffusionConfigurationException([fault]);
    }

    private string? FaultOfClassNames(int? classes) => classNames is null || classes is null or int.MaxValue || classes == classNames.Count
        ? null
        : $"There must be one name a class, but there are {classNames.Count} names and the network has {classes} classes.";
}
