using Ddpm.Networks;

namespace Ddpm.Training;

/// <summary>Bytes that a run takes.</summary>
/// <param name="OfWeights">Weights, gradients, moments and averages, and what libtorch makes room for at its first step.</param>
/// <param name="OfState">A copy of them while it is saved.</param>
/// <param name="OfImages">What the network keeps of its images for the gradient; null: not known.</param>
internal sealed record MemoryEstimate(double OfWeights, double OfState, double? OfImages)
{
    // The gradient as it comes, and as it is taken.
    private const int Gradients = 2;

    // Measured on the CPU, whatever the network.
    private const double OfLibtorch = 90e6;

    internal double Total => OfWeights + OfState + (OfImages ?? 0);

    internal static MemoryEstimate Of(TrainingPlan plan) => new(
        OfLibtorch + plan.KeptBytes + Gradients * plan.WeightBytes, plan.StateBytes,
        plan.Network is { } network ? network.TrainingBytes(plan.AtOnce) : null);
}
