using static TorchSharp.torch;

namespace Ddpm.Training;

/// <summary>Processes that train one network together, each on its own images, by the average of their gradients.</summary>
public interface IGradientSync
{
    /// <summary>Puts the average of all processes' gradients in place of this one's; all end up with the same bits.</summary>
    /// <param name="gradient">[n], all gradients of the step one after the other.</param>
    void Average(Tensor gradient);
}
