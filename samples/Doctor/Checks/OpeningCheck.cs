namespace Ddpm.Samples;

/// <summary>Whether there is a model and it can be opened; where it cannot, the reason has a name of its own if it is a common one.</summary>
internal sealed class OpeningCheck : ICheck
{
    private static readonly FindingKind Unknown = FindingKind.Error("nothing-known-here"), Missing = FindingKind.Error("file-missing"),
        NoModel = FindingKind.Warning("model-missing"), Other = FindingKind.Error("cannot-open"), Damaged = FindingKind.Error("file-damaged"),
        Unsaid = FindingKind.Error("settings-needed"), Unfit = FindingKind.Error("parts-do-not-fit"),
        Steps = FindingKind.Error("sampler-steps-out-of-range");

    private const string LessSteps = "Name fewer steps, or steps that the process has, falling.";

    // What the library says where a common mistake was made.
    private static readonly (string Words, FindingKind Kind, string Cure)[] Common =
    [
        ("beta must be in (0, 1)", FindingKind.Error("betas-out-of-range"), "Write betas between 0 and 1, or name a schedule instead of a list."),
        ("it underflows: the betas are too large", FindingKind.Error("betas-too-large"), "Take smaller betas or fewer steps."),
        ("zero terminal SNR needs a network that predicts v or x_0", FindingKind.Error("zero-snr-epsilon"),
            "Take the schedule that the network was trained with (rescale_betas_zero_snr: false), or a network that predicts v."),
        ("needs a network that returns [N, 2C, H, W]", FindingKind.Error("variance-not-said"),
            "Set the variance to none, as the network has no channels for it, or take the weights of a network that learned it."),
        ("Steps must fall and lie in", Steps, LessSteps),
        ("steps, as the process has, but has", Steps, LessSteps),
        ("There must be one name a class", FindingKind.Error("class-count"), "Write one name for each class into ddpm.json."),
    ];

    public IReadOnlyList<FindingKind> Kinds { get; } =
        [Unknown, Missing, NoModel, Other, Damaged, Unsaid, Unfit, .. Common.Select(each => each.Kind).Distinct()];

    public IEnumerable<Finding> Look(Patient patient, CancellationToken stop)
    {
        if (!Path.Exists(patient.Path))
            yield return Missing.Said($"There is nothing at {patient.Path}.", "Name a model's folder, a file of weights or a training's folder.");
        else if (patient.IsTraining && patient.ModelPath is null && patient.State?.Folder is not { } state)
            yield return NoModel.Said($"{patient.Path} has neither a model/ nor a whole state.", "Let the training run until it has saved once.");
        else if (patient.OpeningFault is { } fault)
            yield return Of(patient, fault);
    }

    private static Finding Of(Patient patient, Exception fault)
    {
        var said = Fault.Line(fault);
        foreach (var (words, kind, cure) in Common)
            if (said.Contains(words, StringComparison.Ordinal))
                return kind.Said(said, cure);
        return fault switch
        {
            FileNotFoundException or DirectoryNotFoundException when IsNoModel(patient.ModelPath!) =>
                Unknown.Said(said, "Name the folder that holds ddpm.json or model_index.json, or a file of weights."),
            FileNotFoundException or DirectoryNotFoundException =>
                Missing.Said(said, "Copy the file that is missing from where the model came from."),
            DataFormatException => Damaged.Said(said, "Copy the file again; if it is the same, it is not what it should be."),
            DiffusionConfigurationException => Unfit.Said(said, "Change the description, or take the weights that belong to it."),
            ArgumentException => Unsaid.Said(said, "Give what is asked for as a flag: ddpm doctor --help lists them."),
            _ => Other.Said(said, "See the reason; what the model would show is not known."),
        };
    }

    private static bool IsNoModel(string path) => Directory.Exists(path)
        && !((string[])["ddpm.json", "model_index.json", "config.json", "unet"]).Any(name => Path.Exists(Path.Combine(path, name)));
}
