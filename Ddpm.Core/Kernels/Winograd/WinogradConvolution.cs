using TorchSharp.Modules;
using static TorchSharp.torch;
using static Ddpm.LibtorchOperator;

namespace Ddpm.Kernels;

/// <summary>
/// Convolution by 3 x 3 with a border of one pixel, by Winograd's F(4x4, 3x3), with a quarter of the multiplications; and its gradients likewise
/// (<see cref="IWinogradStep"/>). Results differ from others by some 1e-6 of the largest.
/// </summary>
internal static unsafe class WinogradConvolution
{
    private const int Kernel = 3, Tile = 4;

    // Where there are fewer channels, or fewer tiles than would pay for the transformation of the weights, a direct convolution is as fast.
    private const int FewestChannels = 64, FewestTiles = 128;

    // Matrices of a block of images, in values: so that they stay in the cache between the steps.
    private const long BlockValues = 2 << 20;

    /// <summary>Whether it can compute a convolution of stride 1, and is faster.</summary>
    internal static bool Fits(Tensor x, Tensor weight) =>
        FastKernels.Fit(x) && x.dtype == ScalarType.Float32 && weight.dtype == ScalarType.Float32
        && weight.shape is [var output, var input, Kernel, Kernel] && output % FastKernels.Lanes == 0 && Math.Min(input, output) >= FewestChannels
        && x.shape[2] % Tile == 0 && x.shape[3] % Tile == 0 && x.shape[0] * x.shape[2] * x.shape[3] / (Tile * Tile) >= FewestTiles;

    /// <summary>What a layer computes, by it where it fits, else by the layer itself.</summary>
    internal static Tensor Run(Conv2d layer, Tensor x) => Fits(x, layer.weight) ? Run(x, layer.weight, layer.bias) : layer.call(x);

    /// <summary>The convolution of images that fit.</summary>
    /// <param name="x">[N, C, H, W].</param>
    /// <param name="weight">[K, C, 3, 3].</param>
    /// <param name="bias">[K]; or null.</param>
    /// <returns>[N, K, H, W]; it belongs to the caller's dispose scope.</returns>
    internal static Tensor Run(Tensor x, Tensor weight, Tensor? bias)
    {
        Tensor[] inputs = bias is null ? [x, weight] : [x, weight, bias];
        if (is_grad_enabled() && inputs.Any(input => input.requires_grad))
            return Differentiable.apply([null!, .. inputs]);
        return Convolve(x, weight, bias, backwards: false);
    }

    /// <summary>The convolution by libtorch.</summary>
    /// <param name="inputs">x, weight and, if there is one, bias.</param>
    internal static Tensor Plain(IReadOnlyList<Tensor> inputs) =>
        nn.functional.conv2d(inputs[0], inputs[1], inputs.ElementAtOrDefault(2), padding: [1, 1]);

    // Backwards, from the gradient of the result to that of x: the kernels are read backwards, and lead from outputs to inputs.
    private static Tensor Convolve(Tensor x, Tensor weight, Tensor? bias, bool backwards)
    {
        using var scope = NewDisposeScope();
        var kernels = Kernels(weight, backwards);
        kernels = backwards ? kernels : kernels.transpose(1, 2);
        var (n, c, h, w, k) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3], kernels.shape[2]);
        var result = empty_strided([n, k, h, w], [h * w * k, 1, w * k, k]);
        foreach (var (first, images) in Blocks(x, k))
        {
            // A row more than there are tiles, so that the results' matrices do not begin in one set of the cache; nobody reads what it holds.
            var rows = images * (h / Tile) * (w / Tile) + 1;
            var inputs = WinogradBuffers.Take(WinogradBuffers.Place.Inputs, rows, c, spread: true);
            var outputs = WinogradBuffers.Take(WinogradBuffers.Place.Outputs, rows, k);
            TileKernel<InputStep>.ToMatrices(Images(x, first, images, inputs) with { Before = 1 });
            MultiplyMatrices(outputs, inputs, kernels);
            TileKernel<OutputStep>.ToPixels(Images(result, first, images, outputs) with { Finish = Finish.Of(bias is null ? null : (float*)Memory(bias)) });
        }
        return result.MoveToOuterDisposeScope();
    }

    private static Tensor WeightGradient(Tensor x, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        var (c, h, w, k) = (x.shape[1], x.shape[2], x.shape[3], gradient.shape[1]);
        var sums = WinogradBuffers.Take(WinogradBuffers.Place.KernelGradients, k, c);
        foreach (var (first, images) in Blocks(x, k))
        {
            var tiles = images * (h / Tile) * (w / Tile);
            var inputs = WinogradBuffers.Take(WinogradBuffers.Place.Inputs, tiles, c, spread: true);
            var outputs = WinogradBuffers.Take(WinogradBuffers.Place.Outputs, tiles, k, spread: true);
            TileKernel<InputStep>.ToMatrices(Images(x, first, images, inputs) with { Before = 1 });
            TileKernel<OutputGradientStep>.ToMatrices(Images(gradient, first, images, outputs));
            MultiplyMatrices(sums, outputs.transpose(1, 2), inputs, add: first > 0);
        }
        var result = empty(k, Kernel, Kernel, c);
        TileKernel<KernelGradientStep>.ToPixels(OfKernels(result, sums));
        return result.permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    // [36, K, C]
    private static Tensor Kernels(Tensor weight, bool backwards)
    {
        using var scope = NewDisposeScope();
        var given = weight.permute(0, 2, 3, 1).contiguous();
        var kernels = WinogradBuffers.Take(WinogradBuffers.Place.Kernels, weight.shape[0], weight.shape[1], spread: true);
        TileKernel<KernelStep>.ToMatrices(OfKernels(given, kernels) with { Backwards = backwards });
        return kernels.MoveToOuterDisposeScope();
    }

    private static IEnumerable<(long First, long Images)> Blocks(Tensor x, long outputs)
    {
        var ofImage = TileWork.Places * (x.shape[2] / Tile) * (x.shape[3] / Tile) * (x.shape[1] + outputs);
        var images = Math.Max(1, BlockValues / ofImage);
        for (long first = 0; first < x.shape[0]; first += images)
            yield return (first, Math.Min(images, x.shape[0] - first));
    }

    private static TileWork Images(Tensor x, long first, long images, Tensor matrices) => new()
    {
        Images = images,
        Height = (int)x.shape[2],
        Width = (int)x.shape[3],
        Channels = (int)x.shape[1],
        TilesDown = (int)x.shape[2] / Tile,
        TilesAcross = (int)x.shape[3] / Tile,
        Distance = Tile,
        Pixels = (float*)Memory(x) + first * x.stride(0),
        PixelApart = (nint)x.shape[1],
        Matrices = (float*)Memory(matrices),
        Apart = (nint)matrices.stride(0),
        RowApart = (nint)x.shape[1],
        Rows = images * (x.shape[2] / Tile),
        Finish = new(),
    };

    // Each kernel as an image of one tile.
    private static TileWork OfKernels(Tensor kernels, Tensor matrices) => new()
    {
        Images = kernels.shape[0],
        Height = Kernel,
        Width = Kernel,
        Channels = (int)kernels.shape[3],
        TilesDown = 1,
        TilesAcross = 1,
        Pixels = (float*)Memory(kernels),
        PixelApart = (nint)kernels.shape[3],
        Matrices = (float*)Memory(matrices),
        Apart = (nint)matrices.stride(0),
        RowApart = (nint)kernels.shape[3],
        Rows = kernels.shape[0],
        Finish = new(),
    };

    private static Tensor?[] Gradients(List<Tensor> saved, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        var (x, weight, given) = (saved[0], saved[1], FastKernels.Fit(gradient) ? gradient : ChannelsLast.Of(gradient));
        Tensor?[] gradients =
        [
            x.requires_grad ? Convolve(given, weight, bias: null, backwards: true) : null,
            weight.requires_grad ? WeightGradient(x, given) : null,
            saved.Count > 2 && saved[2].requires_grad ? given.sum([0, 2, 3]) : null,
        ];
        return [.. gradients.Take(saved.Count).Select(made => made?.DetachFromDisposeScope())];
    }

    private sealed class Differentiable : autograd.SingleTensorFunction<Differentiable>
    {
        public override string Name => nameof(WinogradConvolution);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            List<Tensor> inputs = [.. vars[1..].Cast<Tensor>()];
            ctx.save_for_backward(inputs);
            return Convolve(inputs[0], inputs[1], inputs.ElementAtOrDefault(2), backwards: false);
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            using var scope = NewDisposeScope();
            var saved = ctx.get_saved_variables();
            return GradientFunction.Return(
                grad_output, saved.Count, () => is_grad_enabled() ? GradientFunction.ByOperators(Plain, saved, grad_output) : Gradients(saved, grad_output));
        }
    }
}
