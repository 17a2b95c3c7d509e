using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Kernels;

/// <summary>
/// A convolution of 1 x 1 or 3 x 3, or a linear layer, whose weights do not change. It computes directly or by Winograd's algorithm, as the shape of
/// the images says: a rule, no measurement, so that a run gives the same bits each time. Weights are made ready when a shape first needs them.
/// </summary>
/// <param name="weights">[K, C, kernel, kernel] or [K, C], float32, of layers that see the same and whose results lie side by side; they must live,
/// unchanged, as long as this layer.</param>
/// <param name="biases">[K] each; or none.</param>
internal sealed unsafe class ConvolutionLayer(IReadOnlyList<Tensor> weights, IReadOnlyList<Tensor> biases) : IDisposable
{
    private readonly Lock making = new();
    private readonly NativeValues? bias = biases.Count == 0 ? null : NativeValues.Joined(biases);
    private readonly bool isOfNine = weights[0].shape is [_, _, 3, 3];
    private PackedMatrix? direct;
    private WinogradLayer? winograd, winogradOfFew;

    internal ConvolutionLayer(Tensor weight, Tensor? bias)
        : this([weight], bias is null ? [] : [bias])
    {
    }

    /// <summary>Channels of the output.</summary>
    internal int Outputs { get; } = (int)weights.Sum(weight => weight.shape[0]);

    /// <summary>With its own bias.</summary>
    internal Finish WithBias => Finish.Of(bias is null ? null : bias.First);

    /// <param name="input">[N, H, W, C].</param>
    /// <param name="output">[N, H', W', K].</param>
    /// <param name="finish">The bias, which may be another than the layer's, and what is added.</param>
    /// <param name="memory">For what lies between.</param>
    /// <param name="step">1, or 2 for half the size.</param>
    /// <param name="before">Pixels before the first that the first output sees; null: as many as are after the last.</param>
    internal void Run(PixelBlock input, PixelBlock output, in Finish finish, KernelMemory memory, int step = 1, int? before = null)
    {
        if (step == 1 && isOfNine && WinogradLayer.Pays(input, Outputs, memory.ChosenFor))
            Winograd(WinogradLayer.AreFew(input, Outputs)).Run(input, output, finish, memory);
        else
            DirectConvolution.Run(input, Direct(), output, finish, memory.Zeros(input.Channels), step, before);
    }

    private PackedMatrix Direct()
    {
        lock (making)
            return direct ??= Joined(weight => new PackedMatrix(weight));
    }

    private WinogradLayer Winograd(bool fewTiles)
    {
        lock (making)
            return fewTiles
                ? winogradOfFew ??= Joined(weight => new WinogradLayer(weight, fewTiles: true))
                : winograd ??= Joined(weight => new WinogradLayer(weight, fewTiles: false));
    }

    private T Joined<T>(Func<Tensor, T> make)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return make(weights is [var one] ? one : cat([.. weights]));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        bias?.Dispose();
        direct?.Dispose();
        winograd?.Dispose();
        winogradOfFew?.Dispose();
    }
}
