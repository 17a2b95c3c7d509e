namespace Ddpm.Training;

/// <summary>Steps, batches and images: whether there are enough of each.</summary>
internal static class LengthCheck
{
    private const int FewBatches = 10, ManyPasses = 5_000;

    internal static IEnumerable<TrainingFinding> Of(TrainingPlan plan)
    {
        var options = plan.Options;
        var batch = options.BatchSize;
        if (options.MicroBatchSize > batch)
            yield return TrainingFinding.Note(
                TrainingFindingKind.MicroBatchLargerThanBatch,
                $"{nameof(options.MicroBatchSize)} is {options.MicroBatchSize}, but a batch has {batch} images: it changes nothing.");
        if (plan.Data is not { Count: var images })
            yield break;
        if (images == 0)
            yield return TrainingFinding.Fault(TrainingFindingKind.NoData, $"The data set has no images.");
        else if (images < batch)
            yield return options.DropLast
                ? TrainingFinding.Fault(
                    TrainingFindingKind.BatchLargerThanData,
                    $"A batch has {batch} images, but the data set has {images}, and {nameof(options.DropLast)} leaves smaller batches out.",
                    $"Set {nameof(options.BatchSize)} to {images} at most.")
                : TrainingFinding.Warning(
                    TrainingFindingKind.BatchLargerThanData,
                    $"A batch has {batch} images, but the data set has {images}: every step takes all of them.",
                    $"Set {nameof(options.BatchSize)} to {images} at most.");
        else if ((long)options.Steps * batch is var seen && seen < images)
            yield return TrainingFinding.Warning(
                TrainingFindingKind.ImagesNotSeen,
                $"{options.Steps} steps of {batch} images see {seen} of the {images} images, {100.0 * seen / images:F0} %, and none twice.",
                $"One pass over all of them takes {(images + batch - 1) / batch} steps.");
        else if (images < FewBatches * (long)batch)
            yield return TrainingFinding.Note(
                TrainingFindingKind.FewImages,
                $"The data set has {images} images, fewer than {FewBatches} batches of {batch}: the network may learn them by heart.",
                $"Look at held-out images' loss, which rises when it does.");
        else if (seen / images > ManyPasses)
            yield return TrainingFinding.Note(
                TrainingFindingKind.FewImages, $"Every image is seen {seen / images} times: the network may learn the images by heart.",
                $"Look at held-out images' loss, which rises when it does.");
    }
}
