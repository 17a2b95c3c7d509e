namespace Ddpm.Networks;

/// <summary>
/// A network, or a part of one, that can forget what it computed on the way forward and compute it again for the gradient
/// (<see cref="ActivationCheckpoint"/>; Chen et al. 2016, "Training deep nets with sublinear memory cost").
/// </summary>
public interface ICheckpointedModule
{
    /// <summary>Whether it does so now. Training whose options ask for it sets it for the passes.</summary>
    bool CheckpointsActivations { get; set; }
}
