using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Ddpm.Kernels;

/// <summary>
/// y = mask · act(γ x̂ + β), x̂ = (x + o - mean) / √(variance + ε) over the pixels and channels of a group (Wu and He 2018): one pass for the sums,
/// one for the result.
/// </summary>
internal static unsafe class NormForward<TStored, TActivation, TMask>
    where TStored : IStored
    where TActivation : IActivationKernel
    where TMask : IMaskKernel
{
    internal static NormPhases Phases(in NormWork work) => new() { Work = work, Collect = &Collect, Combine = &Combine, Apply = &Apply };

    // Σ (x - p) and Σ (x - p)² by channel, with p the first pixel: about 0 the squares of values far from 0 would leave no digits for the variance.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Collect(NormWork* work, long image, int chunk)
    {
        var channels = work->Channels;
        var (first, last) = NormChunk.Pixels(work, chunk);
        var sums = NormChunk.Sums(work, image, chunk);
        var pivot = (nint)(image * work->Pixels) * work->InputApart;
        for (var c = 0; c < channels; c += FastKernels.Lanes)
        {
            var p = TStored.Load(work->Input, pivot + c);
            var (sum, square) = (Vector256<float>.Zero, Vector256<float>.Zero);
            var at = (nint)(image * work->Pixels + first) * work->InputApart + c;
            for (var pixel = first; pixel < last; pixel++, at += work->InputApart)
            {
                var x = TStored.Load(work->Input, at) - p;
                sum += x;
                square = Vector256.MultiplyAddEstimate(x, x, square);
            }
            sum.Store(sums + c);
            square.Store(sums + channels + c);
        }
    }

    private static void Combine(NormWork* work, long image)
    {
        var (channels, width) = (work->Channels, work->Channels / work->Groups);
        var statistics = work->Statistics + image * 3 * channels;
        float* slope = statistics, start = statistics + channels, sums = statistics + 2 * channels;
        var coefficients = work->Coefficients + image * 3 * channels;
        var offsets = work->Offset == null ? null : work->Offset + image * channels;
        var pivots = coefficients + 2 * channels;
        for (var c = 0; c < channels; c += FastKernels.Lanes)
            TStored.Load(work->Input, (nint)(image * work->Pixels) * work->InputApart + c).Store(pivots + c);
        var scale = work->Scale + (nint)image * work->ScaleApart;
        var shift = work->Shift + (nint)image * work->ScaleApart;
        var count = (double)work->Pixels * width;
        for (var group = 0; group < work->Groups; group++)
        {
            var (mean, variance) = (0.0, 0.0);
            for (var c = group * width; c < (group + 1) * width; c++)
            {
                var sum = NormChunk.Add(work, image, c).First + work->Pixels * (double)pivots[c];
                sums[c] = (float)sum;
                mean += (sum + work->Pixels * Offset(offsets, c)) / count;
            }
            for (var c = group * width; c < (group + 1) * width; c++)
            {
                var (sum, squares) = NormChunk.Add(work, image, c);
                var distance = pivots[c] + Offset(offsets, c) - mean;
                // Rounding can make what equal values leave a little negative.
                variance += (squares + distance * (2 * sum + work->Pixels * distance)) / count;
            }
            var inverse = 1 / Math.Sqrt((variance < 0 ? 0 : variance) + work->Epsilon);
            for (var c = group * width; c < (group + 1) * width; c++)
            {
                var first = (Offset(offsets, c) - mean) * inverse;
                (slope[c], start[c]) = ((float)inverse, (float)first);
                (coefficients[c], coefficients[channels + c]) = ((float)(inverse * scale[c]), (float)(first * scale[c] + shift[c]));
            }
        }
    }

    private static double Offset(float* offsets, int channel) => offsets == null ? 0 : offsets[channel];

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Apply(NormWork* work, long image, int chunk)
    {
        var channels = work->Channels;
        var (first, last) = NormChunk.Pixels(work, chunk);
        var slope = work->Coefficients + image * 3 * channels;
        var start = slope + channels;
        for (var pixel = first; pixel < last; pixel++)
        {
            var place = (nint)(image * work->Pixels + pixel);
            var (from, to) = (place * work->InputApart, place * work->OutputApart);
            for (var c = 0; c < channels; c += FastKernels.Lanes)
            {
                var z = Vector256.MultiplyAddEstimate(TStored.Load(work->Input, from + c), Vector256.Load(slope + c), Vector256.Load(start + c));
                TStored.Store(TMask.Apply(TActivation.Apply(z), work->Mask, (uint)(to + c)), work->Output, to + c);
            }
        }
    }
}
