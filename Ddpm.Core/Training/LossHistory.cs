using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Training;

/// <summary>
/// The last losses of every step t of the process in a training run, by which <see cref="TrainingLevels.Importance"/> draws (Nichol and Dhariwal
/// 2021, section 3.3). A run that is to go on where another stopped needs them.
/// </summary>
public sealed class LossHistory
{
    /// <summary>How many losses of a step are kept: 10, as in the paper.</summary>
    public const int Length = 10;

    // [T, Length], oldest first; NaN, which never enters, where there is none yet.
    private readonly float[] losses;
    private readonly int[] counts;

    /// <summary>An empty one.</summary>
    /// <param name="steps">T of the process, ≥ 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no steps.</exception>
    public LossHistory(int steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        (losses, counts) = (new float[steps * Length], new int[steps]);
        Array.Fill(losses, float.NaN);
    }

    /// <summary>T of the process.</summary>
    public int Steps => counts.Length;

    /// <summary>Whether every step has <see cref="Length"/> losses. With T = 1,000 it takes some 30,000 uniform draws.</summary>
    public bool IsFull => Array.TrueForAll(counts, count => count == Length);

    /// <summary>√E[L_t²] over the losses that a step has; NaN if it has none.</summary>
    /// <param name="t">0 to T-1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such step.</exception>
    public double RootMeanSquare(int t)
    {
        Check(t);
        var sum = 0.0;
        foreach (var loss in losses.AsSpan(t * Length, counts[t]))
            sum += (double)loss * loss;
        return Math.Sqrt(sum / counts[t]);
    }

    /// <summary>Adds a loss; the oldest one of a step that has <see cref="Length"/> goes. One that is not finite is left out.</summary>
    /// <param name="t">0 to T-1.</param>
    /// <param name="loss">The loss of an image at that step, not weighted by how the step was drawn.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such step.</exception>
    public void Add(int t, float loss)
    {
        Check(t);
        if (!float.IsFinite(loss))
            return;
        var row = losses.AsSpan(t * Length, Length);
        if (counts[t] < Length)
        {
            row[counts[t]++] = loss;
            return;
        }
        row[1..].CopyTo(row);
        row[^1] = loss;
    }

    /// <summary>Adds the losses of a batch, in its order.</summary>
    /// <param name="t">N steps, each from 0 to T-1.</param>
    /// <param name="perImage">[N], as <see cref="TrainingLoss.PerImage"/> gives it; it stays the caller's.</param>
    /// <exception cref="ArgumentException">There are not as many steps as losses, or there is no such step.</exception>
    public void Add(IReadOnlyList<int> t, Tensor perImage)
    {
        ArgumentNullException.ThrowIfNull(t);
        ArgumentNullException.ThrowIfNull(perImage);
        if (perImage.dim() != 1 || perImage.shape[0] != t.Count)
            throw new ArgumentException(
                $"There must be one loss a step, but there are {t.Count} steps and losses [{string.Join(", ", perImage.shape)}].", nameof(perImage));
        foreach (var (i, loss) in Read(perImage).Index())
            Add(t[i], loss);
    }

    internal void Add(IReadOnlyList<DiffusionPoint> at, ReadOnlySpan<float> losses)
    {
        for (var i = 0; i < losses.Length; i++)
            Add((int)at[i].T, losses[i]);
    }

    /// <summary>The values of a tensor of any shape and device: this waits for the device.</summary>
    internal static float[] Read(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        var there = tensor.detach().to(ScalarType.Float32).cpu().contiguous();
        var values = there.data<float>().ToArray();
        GC.KeepAlive(there);
        return values;
    }

    /// <summary>All that it holds: [T, <see cref="Length"/>] row by row, the oldest loss of a step first, NaN where there is none yet.</summary>
    public float[] Export() => [.. losses];

    /// <summary>Puts what <see cref="Export"/> gave in place of what it holds; if that is refused, nothing changes.</summary>
    /// <param name="exported">Of a process of as many steps.</param>
    /// <exception cref="ArgumentException">
    /// There are not T times <see cref="Length"/> numbers, one is infinite, or a NaN comes before a loss of its step.
    /// </exception>
    public void Import(ReadOnlySpan<float> exported)
    {
        if (exported.Length != losses.Length)
            throw new ArgumentException(
                $"There must be {Length} numbers for each of {Steps} steps, but there are {exported.Length}.", nameof(exported));
        var found = new int[Steps];
        for (var t = 0; t < Steps; t++)
        {
            var row = exported.Slice(t * Length, Length);
            while (found[t] < Length && float.IsFinite(row[found[t]]))
                found[t]++;
            if (row[found[t]..].ContainsAnyExcept(float.NaN))
                throw new ArgumentException($"Losses must be finite and come before NaN, but those of step {t} do not.", nameof(exported));
        }
        exported.CopyTo(losses);
        found.CopyTo(counts, 0);
    }

    private void Check(int t)
    {
        if (t < 0 || t >= Steps)
            throw new ArgumentOutOfRangeException(nameof(t), t, $"The step must be in 0..{Steps - 1}.");
    }
}
