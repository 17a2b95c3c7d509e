using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Ddpm.Kernels;

/// <summary>
/// The gradients of <see cref="NormForward{TStored, TActivation, TMask}"/>. With z = γ x̂ + β, d = mask · act'(z) · ∂L/∂y and M values in a group:
/// ∂L/∂γ = Σ d x̂, ∂L/∂β = Σ d, ∂L/∂x = (γ d - (Σ γ d + x̂ Σ γ d x̂) / M) / √(variance + ε), the last two sums over the group.
/// </summary>
internal static unsafe class NormBackward<TStored, TActivation, TMask>
    where TStored : IStored
    where TActivation : IActivationKernel
    where TMask : IMaskKernel
{
    internal static NormPhases Phases(in NormWork work) => new() { Work = work, Collect = &Collect, Combine = &Combine, Apply = &Apply };

    // d, kept where the input's gradient will be; Σ d and Σ d x̂ by channel.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Collect(NormWork* work, long image, int chunk)
    {
        var channels = work->Channels;
        var (first, last) = NormChunk.Pixels(work, chunk);
        var slope = work->Statistics + image * 3 * channels;
        float* start = slope + channels, scale = work->Scale, shift = work->Shift;
        var sum = NormChunk.Sums(work, image, chunk);
        var products = sum + channels;
        new Span<float>(sum, 2 * channels).Clear();
        for (var pixel = first; pixel < last; pixel++)
        {
            var row = (nint)((image * work->Pixels + pixel) * channels);
            for (var c = 0; c < channels; c += FastKernels.Lanes)
            {
                var x = Vector256.MultiplyAddEstimate(TStored.Load(work->Input, row + c), Vector256.Load(slope + c), Vector256.Load(start + c));
                var z = Vector256.MultiplyAddEstimate(x, Vector256.Load(scale + c), Vector256.Load(shift + c));
                var gradient = TMask.Apply(TStored.Load(work->Gradient, row + c), work->Mask, (uint)(row + c));
                var d = gradient * TActivation.Slope(z);
                TStored.Store(d, work->Output, row + c);
                (Vector256.Load(sum + c) + d).Store(sum + c);
                Vector256.MultiplyAddEstimate(d, x, Vector256.Load(products + c)).Store(products + c);
            }
        }
    }

    // ∂L/∂x = first · d + second · x + third.
    private static void Combine(NormWork* work, long image)
    {
        var (channels, width) = (work->Channels, work->Channels / work->Groups);
        var statistics = work->Statistics + image * 3 * channels;
        float* slope = statistics, start = statistics + channels, inputs = statistics + 2 * channels;
        var coefficients = work->Coefficients + image * 3 * channels;
        float* ofGradient = coefficients, ofInput = coefficients + channels, constant = coefficients + 2 * channels;
        var count = (double)work->Pixels * width;
        for (var group = 0; group < work->Groups; group++)
        {
            var (total, totalProducts) = (0.0, 0.0);
            for (var c = group * width; c < (group + 1) * width; c++)
            {
                var (sum, products) = NormChunk.Add(work, image, c);
                work->ShiftGradients[image * channels + c] = (float)sum;
                work->ScaleGradients[image * channels + c] = (float)products;
                total += work->Scale[c] * sum;
                totalProducts += work->Scale[c] * products;
            }
            for (var c = group * width; c < (group + 1) * width; c++)
            {
                double inverse = slope[c];
                var (g, x) = (inverse * work->Scale[c], -inverse * inverse * totalProducts / count);
                var rest = -inverse * (total + start[c] * totalProducts) / count;
                (ofGradient[c], ofInput[c], constant[c]) = ((float)g, (float)x, (float)rest);
                if (work->OffsetGradients != null)
                    work->OffsetGradients[image * channels + c] =
                        (float)(g * work->ShiftGradients[image * channels + c] + x * inputs[c] + rest * work->Pixels);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Apply(NormWork* work, long image, int chunk)
    {
        var channels = work->Channels;
        var (first, last) = NormChunk.Pixels(work, chunk);
        var ofGradient = work->Coefficients + image * 3 * channels;
        float* ofInput = ofGradient + channels, constant = ofGradient + 2 * channels;
        for (var pixel = first; pixel < last; pixel++)
        {
            var row = (nint)((image * work->Pixels + pixel) * channels);
            for (var c = 0; c < channels; c += FastKernels.Lanes)
            {
                var rest = Vector256.MultiplyAddEstimate(
                    TStored.Load(work->Input, row + c), Vector256.Load(ofInput + c), Vector256.Load(constant + c));
                var d = TStored.Load(work->Output, row + c);
                TStored.Store(Vector256.MultiplyAddEstimate(d, Vector256.Load(ofGradient + c), rest), work->Output, row + c);
            }
        }
    }
}
