using System.Runtime.InteropServices;
using Ddpm.Noise;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>
/// Noise by (seed, image, draw): image k gets the same noise whatever the batch size, the order of the draws and the machine. It is made where the
/// target is, and nothing is copied to there: its random words are equal on every device (Threefry-2x32 of 20 rounds, Salmon et al. 2011), its
/// numbers within rounding (Box and Muller 1958).
/// </summary>
/// <param name="seed">Any number; all of its 64 bits count.</param>
public sealed class SeededNoise(ulong seed) : INoiseSource
{
    private const int LargestSpan = int.MaxValue / sizeof(float);

    /// <inheritdoc/>
    /// <remarks>Every type gets the same float32 numbers, converted.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">An image or the draw is not in 0..2^32 - 1.</exception>
    public void Fill(Tensor target, long firstImage, long draw)
    {
        NoiseTarget.Check(target);
        CheckIs32Bits(firstImage, nameof(firstImage), "The first image");
        CheckIs32Bits(firstImage + target.shape[0] - 1, nameof(firstImage), "The last image");
        CheckIs32Bits(draw, nameof(draw), "The draw");
        if (target.device_type == DeviceType.CPU)
            FillOnHost(target, firstImage, draw);
        else
            FillOnDevice(target, firstImage, draw);
    }

    // Straight into the target's memory where a loop can write there.
    private void FillOnHost(Tensor target, long firstImage, long draw)
    {
        var images = target.shape[0];
        if (target.dtype != ScalarType.Float32 || !target.is_contiguous())
        {
            using var buffer = empty(target.shape);
            FillOnHost(buffer, firstImage, draw);
            target.copy_(buffer);
        }
        else if (images == 1 || target.numel() <= LargestSpan)
        {
            FillSpan(MemoryMarshal.Cast<byte, float>(target.bytes), (int)images, firstImage, draw);
            GC.KeepAlive(target);
        }
        else
        {
            for (var i = 0L; i < images; i++)
            {
                using var image = target.narrow(0, i, 1);
                FillOnHost(image, firstImage + i, draw);
            }
        }
    }

    private void FillSpan(Span<float> span, int images, long firstImage, long draw)
    {
        var values = span.Length / images;
        for (var i = 0; i < images; i++)
            SeededNormals.Fill(span.Slice(i * values, values), SeededNormals.Key(seed, (uint)(firstImage + i), (uint)draw));
    }

    private void FillOnDevice(Tensor target, long firstImage, long draw)
    {
        using var scope = NewDisposeScope();
        var images = target.shape[0];
        target.copy_(SeededNormals.ByOperators(seed, firstImage, images, draw, target.numel() / images, target.device).view(target.shape));
    }

    private static void CheckIs32Bits(long number, string argument, string what)
    {
        if (number is < 0 or > uint.MaxValue)
            throw new ArgumentOutOfRangeException(argument, number, $"{what} must be in 0..{uint.MaxValue}.");
    }
}
