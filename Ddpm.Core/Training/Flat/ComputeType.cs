using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ddpm.Training;

/// <summary>Gives a network's weights another type for a while.</summary>
internal static class ComputeType
{
    /// <exception cref="ArgumentException">The weights are not of float32.</exception>
    /// <exception cref="PlatformNotSupportedException">This libtorch cannot change a weight's type in place.</exception>
    internal static void CheckBFloat16(ScalarType weights)
    {
        if (weights != ScalarType.Float32)
            throw new ArgumentException(
                $"Weights that are to be trained in {nameof(TrainingPrecision.BFloat16)} must be float32 beforehand, but they are {weights}.");
        if (!LibtorchOperator.AreCallable)
            throw new PlatformNotSupportedException(
                $"Training in {nameof(TrainingPrecision.BFloat16)} needs libtorch 2.9 or later, whose operators can be called by name.");
    }

    /// <summary>A weight becomes another tensor, of whatever type, of which nothing is copied.</summary>
    internal static void Replace(Parameter weight, Tensor by) =>
        LibtorchOperator.Call("aten::set_data"u8, [LibtorchOperator.One(weight), LibtorchOperator.One(by)]);
}
