namespace Ddpm.Training;

/// <summary>What a <see cref="TrainingFinding"/> is about.</summary>
public enum TrainingFindingKind
{
    /// <summary>The run would refuse to start, for a reason that has no kind of its own.</summary>
    Refused,

    /// <summary>The model is trained already, and the options do not say whether to go on from its weights.</summary>
    AlreadyTrained,

    /// <summary>There are no images to train on.</summary>
    NoData,

    /// <summary>The run ends before, or not long after, the learning rate has risen.</summary>
    WarmupTooLong,

    /// <summary>A learning rate that Adam is hardly ever given.</summary>
    LearningRateUnusual,

    /// <summary>No moving average of the weights is kept.</summary>
    NoAverage,

    /// <summary>When the run ends, the average still holds weights that it began with.</summary>
    AverageHoldsFirstWeights,

    /// <summary>A batch is larger than the data set.</summary>
    BatchLargerThanData,

    /// <summary>The parts that a batch is computed in are larger than the batch.</summary>
    MicroBatchLargerThanBatch,

    /// <summary>The run ends before every image was seen.</summary>
    ImagesNotSeen,

    /// <summary>There are few images, or each is seen very often, so that the network may learn them by heart.</summary>
    FewImages,

    /// <summary>An image cannot be read.</summary>
    ImageUnreadable,

    /// <summary>All images looked at are the same.</summary>
    ImagesAllEqual,

    /// <summary>Images are of one value throughout.</summary>
    ImagesOfOneValue,

    /// <summary>A channel has one value in all images.</summary>
    ChannelOfOneValue,

    /// <summary>The images have two values only.</summary>
    ImagesOfTwoValues,

    /// <summary>The images use a small part of the range of bytes.</summary>
    ImagesOfNarrowRange,

    /// <summary>The images' channels are all the same.</summary>
    ChannelsAllEqual,

    /// <summary>The process does not end in noise, from which sampling begins.</summary>
    ProcessEndsInSignal,

    /// <summary>The first step of the process is noisy already, and so is what sampling ends with.</summary>
    ProcessBeginsInNoise,

    /// <summary>The network says the variance, but the loss does not teach it.</summary>
    VarianceNotLearned,

    /// <summary>Steps are drawn by their share in the bound, but the loss is another.</summary>
    ImportanceWithoutBound,

    /// <summary>The network has a null class, for guidance, but labels are never dropped.</summary>
    NullClassNotTrained,

    /// <summary>The classes have no names.</summary>
    ClassNamesMissing,

    /// <summary>The data set's classes are not those of the model.</summary>
    ClassesDiffer,

    /// <summary>The network has classes of which there are no images.</summary>
    ClassesWithoutImages,

    /// <summary>Attention looks at so many pixels that it takes most of the time, or more memory than there is.</summary>
    AttentionTooLarge,

    /// <summary>The output folder cannot be written.</summary>
    OutputNotWritable,

    /// <summary>The output folder has not the room for what a run writes.</summary>
    OutputTooSmall,

    /// <summary>The memory that a step takes, and where it is more than there is.</summary>
    Memory,

    /// <summary>How long the run takes, as measured.</summary>
    Duration,
}
