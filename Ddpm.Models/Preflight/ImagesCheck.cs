namespace Ddpm.Training;

/// <summary>What the images are made of, by some that are spread over the data set.</summary>
internal static class ImagesCheck
{
    private const int Looks = 64, NarrowRange = 32;

    internal static IEnumerable<TrainingFinding> Of(IImageDataset data, CancellationToken cancellationToken)
    {
        if (data.Count == 0 || data.Shape.Values == 0)
            return [];
        var sample = new ImageSample(data.Shape);
        var at = 0;
        try
        {
            var looks = Math.Min(Looks, data.Count);
            for (var i = 0; i < looks; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                at = (int)((long)i * data.Count / looks);
                sample.Add(data, at);
            }
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            return [new(FindingSeverity.Fault, TrainingFindingKind.ImageUnreadable,
                FormattableString.Invariant($"Image {at} cannot be read: {fault.Message}"), "Leave it out, or mend it.")];
        }
        return Of(sample);
    }

    private static IEnumerable<TrainingFinding> Of(ImageSample sample)
    {
        var (n, values) = (sample.Count, sample.Values);
        if (n > 1 && sample.AreAllEqual)
            yield return TrainingFinding.Warning(
                TrainingFindingKind.ImagesAllEqual, $"The {n} images looked at are all the same.", $"Look at what the reader makes of the files.");
        if (sample.OfOneValue > 0)
            yield return TrainingFinding.Warning(
                TrainingFindingKind.ImagesOfOneValue, $"{sample.OfOneValue} of the {n} images looked at are of one value throughout.",
                $"Empty images teach the network to draw such: leave them out.");
        if (sample.OfOneValue == n)
            yield break;
        foreach (var (channel, value) in sample.ChannelsOfOneValue())
            yield return TrainingFinding.Warning(
                TrainingFindingKind.ChannelOfOneValue, $"Channel {channel} is {value} everywhere in the {n} images looked at.",
                $"Leave it out: it is opacity, perhaps, and costs what every channel does.");
        if (values.Count == 2)
            yield return TrainingFinding.Note(
                TrainingFindingKind.ImagesOfTwoValues, $"The {n} images looked at have the values {values[0]} and {values[^1]} alone.",
                $"If they are not drawings in black and white, something rounded them.");
        else if (values[^1] - values[0] < NarrowRange)
            yield return TrainingFinding.Warning(
                TrainingFindingKind.ImagesOfNarrowRange,
                $"The {n} images looked at have values from {values[0]} to {values[^1]}, of 0 to 255: for the network they are nearly of one value.",
                $"Numbers from 0 to 1 must be multiplied by 255 before they become bytes.");
        if (sample.Channels > 1 && sample.ChannelsAreEqual)
            yield return TrainingFinding.Note(
                TrainingFindingKind.ChannelsAllEqual, $"The {sample.Channels} channels are the same in the {n} images looked at.",
                $"Images of one channel would do, with a network made for them.");
    }
}
