namespace Ddpm;

/// <summary>How a class label enters a network.</summary>
public enum LabelKind
{
    /// <summary>A trained row for each class, added to the time embedding; labels are int64 [N].</summary>
    Embedding,

    /// <summary>A number of its own, embedded as a step is, through two linear layers; labels are numbers [N].</summary>
    Timestep,

    /// <summary>
    /// Added to the time embedding as it is; labels are float32 [N, time width]. Such a network can be loaded, saved and asked (<see
    /// cref="UNet.Predict"/>), but not trained or sampled from: there labels are whole numbers.
    /// </summary>
    Identity,
}
