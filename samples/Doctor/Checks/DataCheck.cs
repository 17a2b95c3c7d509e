using Ddpm.Training;

namespace Ddpm.Samples;

/// <summary>The images to train on, with --data: the library's own checks before a training.</summary>
internal sealed class DataCheck : ICheck
{
    private static readonly Dictionary<TrainingFindingKind, FindingKind> Found = new()
    {
        [TrainingFindingKind.ImageUnreadable] = FindingKind.Error("data-unreadable"),
        [TrainingFindingKind.ImagesAllEqual] = FindingKind.Warning("data-all-equal"),
        [TrainingFindingKind.ImagesOfOneValue] = FindingKind.Warning("data-of-one-value"),
        [TrainingFindingKind.ChannelOfOneValue] = FindingKind.Warning("data-channel-of-one-value"),
        [TrainingFindingKind.ImagesOfTwoValues] = FindingKind.Note("data-of-two-values"),
        [TrainingFindingKind.ImagesOfNarrowRange] = FindingKind.Warning("data-of-narrow-range"),
        [TrainingFindingKind.ChannelsAllEqual] = FindingKind.Note("data-is-gray"),
        [TrainingFindingKind.ClassesDiffer] = FindingKind.Error("data-classes-differ"),
        [TrainingFindingKind.ClassesWithoutImages] = FindingKind.Warning("data-classes-without-images"),
    };

    private static readonly FindingKind CannotRead = FindingKind.Error("data-cannot-be-read");

    public IReadOnlyList<FindingKind> Kinds { get; } = [.. Found.Values, CannotRead];

    public IEnumerable<Finding> Look(Patient patient, CancellationToken stop)
    {
        if (patient is not { Data: { } folder, Diffusion: { } model })
            return [];
        if (model.Image.Channels is not (1 or 3))
            return [CannotRead.Said($"Images of {model.Image} are no pictures.", "Leave out --data.")];
        IImageDataset data;
        try
        {
            data = new ImageFolderReader(folder, model.Image, new() { IsLazy = true }).Read(cancellationToken: stop);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return [CannotRead.Said(Fault.Line(fault), "Name a folder of images, or of folders of images.")];
        }
        return
        [
            .. model.CheckTraining(new() { IfTrained = WhenTrained.GoOn, LabelDropout = 0.1 }, data, cancellationToken: stop)
                .Where(finding => Found.ContainsKey(finding.Kind))
                .Select(finding => Found[finding.Kind].Said(finding.What, finding.Cure)),
        ];
    }
}
