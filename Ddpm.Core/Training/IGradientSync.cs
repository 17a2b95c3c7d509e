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
        values.TimesInPlace(Size);
    }

    /// <summary>
    /// Puts the sum over all processes in place of this process's slice of the numbers; its other numbers may be anything afterwards. By default all
    /// are summed.
    /// </summary>
    /// <param name="values">[n], contiguous, float32 or float64.</param>
    /// <param name="counts">How many numbers the slice of each process has; the slices lie one after the other and are all n numbers.</param>
    void SumSlices(Tensor values, IReadOnlyList<long> counts) => Sum(values);

    /// <summary>Puts each process's own slice of the numbers in place of what the others have there; all end up with the same bits.</summary>
    /// <param name="values">[n], contiguous, float32 or float64.</param>
    /// <param name="counts">As for <see cref="SumSlices"/>.</param>
    void GatherSlices(Tensor values, IReadOnlyList<long> counts)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(counts);
        using (no_grad())
            foreach (var (rank, slice) in values.split([.. counts]).Index())
                using (slice)
                    if (rank != Rank)
                        slice.zero_();
        Sum(values);
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
