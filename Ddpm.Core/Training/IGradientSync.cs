using static TorchSharp.torch;

namespace Ddpm.Training;

/// <summary>
/// Processes that train one network together. Each computes the gradient of its own part of the batch, and all call the same methods in the same
/// order, with tensors of the same size; each call waits for all others.
/// </summary>
public interface IGradientSync
{
    /// <summary>Which of the processes this one is, 0 to <see cref="Size"/> - 1. 0 by default.</summary>
    int Rank => 0;

    /// <summary>
    /// How many processes there are, ≥ 1. 1 by default: then <see cref="Trainer"/> takes each batch whole and calls <see cref="Average"/> alone. With
    /// more, each process takes its own slice of the batch, weighted by its share of the images, and the gradients are summed
    /// (<see cref="Sum"/>).
    /// </summary>
    int Size => 1;

    /// <summary>Puts the average of all processes' gradients in place of this one's; all end up with the same bits.</summary>
    /// <param name="gradient">[n], all gradients of the step one after the other.</param>
    void Average(Tensor gradient);

    /// <summary>Puts the sum over all processes in place of this one's numbers; all end up with the same bits.</summary>
    /// <param name="values">Contiguous, float32 or float64.</param>
    void Sum(Tensor values)
    {
        ArgumentNullException.ThrowIfNull(values);
        Average(values);
        values.mul_(Size);
    }

    /// <summary>Puts the numbers of process 0 in place of this one's.</summary>
    /// <param name="values">Contiguous.</param>
    void Broadcast(Tensor values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (Rank != 0)
            values.zero_();
        Sum(values);
    }
}
