namespace Ddpm.Networks;

/// <summary>How a class label enters a network.</summary>
public enum LabelKind
{
    /// <summary>A trained row for each class, added to the time embedding; labels are int64 [N].</summary>
    Embedding,

    /// <summary>A number of its own, embedded as a step is, through two linear layers; labels are numbers [N].</summary>
    Timestep,

    /// <summary>
    /// An embedding, float32 [N, time width] (<see cref="Conditioning.Embedding"/>), added to the time embedding as it is. Such a network takes no
    /// labels; zeros stand for none.
    /// </summary>
    Identity,
}
