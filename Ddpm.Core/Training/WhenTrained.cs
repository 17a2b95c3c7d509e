namespace Ddpm;

/// <summary>What training does with a model that is trained already.</summary>
public enum WhenTrained
{
    /// <summary>It throws: neither happens by accident.</summary>
    Refuse,

    /// <summary>It goes on from the weights with a new optimiser, and draws what earlier calls have not drawn.</summary>
    GoOn,

    /// <summary>
    /// It begins again from fresh weights, those that the model is built with by its builder's seed: of the same recipe it gives the same model.
    /// </summary>
    StartAnew,
}
