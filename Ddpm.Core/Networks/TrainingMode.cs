using static TorchSharp.torch;

namespace Ddpm.Networks;

/// <summary>Which parts of a network were in training mode: a part may be frozen in evaluation mode while the rest trains.</summary>
internal sealed class TrainingMode
{
    private readonly (nn.Module Part, bool Training)[] parts;

    private TrainingMode((nn.Module, bool)[] parts) => this.parts = parts;

    /// <summary>Notes the mode of every part.</summary>
    internal static TrainingMode Of(nn.Module network) =>
        new([.. network.modules().Prepend(network).Select(part => (part, part.training))]);

    /// <summary>Puts every part into its mode.</summary>
    internal void Restore()
    {
        // A mode reaches all that a part holds, so that the outer parts come before the inner ones, and few calls are needed where the modes are one.
        foreach (var (part, training) in parts)
            if (part.training != training)
                part.train(training);
    }
}
