using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Evaluation;

/// <summary>What images a network wants, and how bytes become such.</summary>
public sealed record FeatureInput
{
    private static readonly float[] ImageNetMean = [0.485f, 0.456f, 0.406f], ImageNetDeviation = [0.229f, 0.224f, 0.225f];

    /// <summary>The numbers of its pixels; <see cref="PixelRange.Symmetric"/> by default.</summary>
    public PixelRange Range
    {
        get;
        init => field = EnumArgument.Check(value, nameof(Range), "The range");
    } = PixelRange.Symmetric;

    /// <summary>Height and width that images are resized to; null by default: they stay as they are.</summary>
    public int? Side { get; init => field = CheckSide(value); }

    /// <summary>How they are resized, where <see cref="Side"/> says so; <see cref="ImageResize.PillowBicubic"/> by default.</summary>
    public ImageResize Resize { get; init => field = value ?? throw new ArgumentNullException(nameof(Resize)); } = ImageResize.PillowBicubic;

    /// <summary>C; 3 by default. Gray images are repeated; others must have so many channels.</summary>
    public int Channels { get; init => field = RuleArgument.Check(value >= 1, nameof(Channels), value, "at least 1"); } = 3;

    /// <summary>How images are resized, in words; null: not at all.</summary>
    public string? ResizeInWords => Side is { } side ? $"{Resize.Name}, to {side} x {side}" : null;

    /// <summary>Makes what the network wants. An image's bits do not depend on the images beside it.</summary>
    /// <param name="images">uint8 [N, C, H, W] on any device.</param>
    /// <returns>[N, <see cref="Channels"/>, H, W] on the CPU, contiguous; the caller owns it.</returns>
    /// <exception cref="ArgumentException">They are no bytes, or have another number of channels.</exception>
    public Tensor Prepare(Tensor images)
    {
        FeatureImages.Check(images, nameof(images));
        if (images.shape[1] != Channels && images.shape[1] != 1)
            throw new ArgumentException($"Images must have 1 or {Channels} channels, but have {images.shape[1]}.", nameof(images));
        if (Range == PixelRange.ImageNet && Channels != 3)
            throw new InvalidOperationException($"ImageNet's mean is of 3 channels, but {nameof(Channels)} is {Channels}.");
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var sized = Side is { } side ? Resize.Apply(images, side, side) : images.cpu();
        return InRange(sized).expand(-1, Channels, -1, -1).contiguous().clone().MoveToOuterDisposeScope();
    }

    private Tensor InRange(Tensor images)
    {
        if (Range == PixelRange.Bytes)
            return images.dtype == ScalarType.Byte ? images : images.round().ClampInPlace(0, 255).to(ScalarType.Byte);
        var numbers = images.to(ScalarType.Float32);
        return Range switch
        {
            PixelRange.Unit => numbers.Over(255),
            PixelRange.Symmetric => numbers.Over(255).Times(2).Minus(1),
            PixelRange.ImageNet => (numbers.Over(255) - PerChannel(ImageNetMean)) / PerChannel(ImageNetDeviation),
            _ => numbers,
        };
    }

    private static Tensor PerChannel(float[] values) => torch.tensor(values).reshape(1, 3, 1, 1);

    private static int? CheckSide(int? side) => RuleArgument.Check(side is null or (>= 1 and <= 16_384), nameof(Side), side, "1 to 16,384");
}
