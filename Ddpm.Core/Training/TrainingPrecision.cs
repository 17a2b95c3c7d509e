using System.Diagnostics.CodeAnalysis;

namespace Ddpm.Training;

/// <summary>In which type a network computes while it is trained. Weights, moments, averages, the loss and the noise are float32 in any
/// case.</summary>
public enum TrainingPrecision
{
    /// <summary>32 bits.</summary>
    [SuppressMessage("Naming", "CA1720", Justification = "It is the type that is meant.")]
    Float32,

    /// <summary>
    /// 16 bits, 8 of them for the digits (bfloat16): weights are rounded for every pass, and their gradients come out with an error of about 1 % of
    /// their size. It pays where processor or GPU has instructions for it.
    /// </summary>
    BFloat16,
}
