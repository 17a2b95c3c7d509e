using Ddpm.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Networks;

/// <summary>
/// The linear layers by which all blocks hear of the time, as one product. Where the time is added before the second norm, the product ends as the
/// bias of the first convolution; where the time scales and shifts, as γ and β of the norm: γ (1 + scale), β (1 + scale) + shift.
/// </summary>
internal sealed class TimeLayers : IDisposable
{
    // Times whose results are kept: those of the paper's process, for the runs that follow.
    private const int MostKept = 1000;

    private readonly Lock keeping = new();
    private readonly Dictionary<float, TimeTold> kept = [];
    private readonly bool scaleShift;
    private readonly Tensor weight, bias, scales, shifts;

    internal TimeLayers(IReadOnlyList<ResidualBlock> blocks, bool scaleShift)
    {
        this.scaleShift = scaleShift;
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        Tensor[] Parts(Func<ResidualBlock, Tensor> of) => [.. blocks.Select(of)];
        Tensor Split(Func<ResidualBlock, Tensor> of) => scaleShift
            ? cat([.. Parts(each => of(each).chunk(2)[0]), .. Parts(each => of(each).chunk(2)[1])])
            : cat(Parts(of));
        weight = Split(each => each.TimeLayer.weight!).DetachFromDisposeScope();
        bias = (scaleShift ? Split(each => each.TimeLayer.bias!) : cat(Parts(each => each.TimeLayer.bias!.Plus(each.FirstBias))))
            .DetachFromDisposeScope();
        scales = cat(Parts(each => each.SecondNorm.Scale)).DetachFromDisposeScope();
        shifts = cat(Parts(each => each.SecondNorm.Shift)).DetachFromDisposeScope();
    }

    /// <param name="rows">Whose time.</param>
    /// <param name="time">How the activation of the time embedding is made: [rows, width] of times and of what else is given.</param>
    /// <param name="isKept">Whether the result stays here; else the caller disposes it.</param>
    internal TimeTold Tell(TimeRows rows, Func<Tensor, Conditioning?, Tensor> time, out bool isKept)
    {
        lock (keeping)
        {
            if (rows.Single is { } known && kept.TryGetValue(known, out var before))
            {
                isKept = true;
                return before;
            }
            var told = Tell(rows, time);
            isKept = rows.Single is not null && kept.Count < MostKept;
            if (isKept)
                kept[rows.Single!.Value] = told;
            return told;
        }
    }

    // Row by row: a product of matrices rounds as the number of rows says, and a row must not depend on the others.
    private TimeTold Tell(TimeRows rows, Func<Tensor, Conditioning?, Tensor> time)
    {
        using var scope = NewDisposeScope();
        var product = rows.Spread([.. rows.Different.Select(row => nn.functional.linear(time(row.T, row.Given), weight, bias))]);
        if (!scaleShift)
            return new TimeTold(NativeValues.Of(product), scales: null, (int)product.shape[1], (int)product.shape[0]);
        var halves = product.chunk(2, dim: 1);
        var ofScale = halves[0].Plus(1);
        return new TimeTold(
            NativeValues.Of((shifts * ofScale).Plus(halves[1])), NativeValues.Of(scales * ofScale), (int)halves[0].shape[1], (int)product.shape[0]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var told in kept.Values)
            told.Dispose();
        foreach (var tensor in (Tensor[])[weight, bias, scales, shifts])
            tensor.Dispose();
    }
}
