using Ddpm.Imaging;
using Ddpm.Samples;
using static TorchSharp.torch;

namespace Ddpm.Tests.Samples.Doctor;

/// <summary>Models that draw what is wrong, and images to train on that are.</summary>
internal static class SickImages
{
    private static readonly ImageShape Shape = new(3, 16, 16);

    internal static IEnumerable<SickPatient> All =>
    [
        new("images-not-drawn", folder => new(folder.Path, Healthy.Machine, (_, _) => Healthy.Model(Healthy.Builder.WithUNet(
            Models.Preflight.PreflightCase.Small with { ConditionChannels = 3 })))),
        new("images-cannot-be-drawn", _ => new(Path.GetDirectoryName(Recordings.At("pipelines/fourier/model_index.json"))!, Healthy.Machine,
            (path, _) => Diffusion.FromPretrained(path))) { Says = "t = 0" },
        new("images-not-finite", folder => Draws(folder, (x, t) => x * double.NaN)) { Says = "4 of 4" },
        new("images-constant", folder => Towards(folder, _ => zeros(Shape.Batch(4)) - 0.5)) { Says = "4 of 4" },
        new("images-all-alike", folder => Towards(folder, _ => Waves(4, same: true))),
        new("images-outside-range", folder => Towards(folder, _ => 3 * Waves(4), clip: null)) { Says = "beyond -1.5" },
        new("images-zero-to-one", folder => Towards(folder, _ => Waves(4) / 2 + 0.5)) { Says = "0.0 %" },
        new("images-look-like-noise", folder => Draws(folder, (x, _) => x * 0)),
        new("data-cannot-be-read", folder => Data(folder)),
        new("data-unreadable", folder => Data(folder, Pictures(12), spoil: true)) { Says = "Image" },
        new("data-all-equal", folder => Data(folder, Enumerable.Repeat(Pictures(1).First(), 12))),
        new("data-of-one-value", folder => Data(folder, [.. Pictures(12), Flat(90), Flat(30)])) { Says = "2 of" },
        new("data-channel-of-one-value", folder => Data(folder, Pictures(12, noBlue: true))),
        new("data-of-two-values", folder => Data(folder, Pictures(12, twoValues: true))),
        new("data-of-narrow-range", folder => Data(folder, Pictures(12, narrow: true))),
        new("data-is-gray", folder => Data(folder, Pictures(12, gray: true))),
    ];

    /// <summary>Colour waves of low frequency, in -1..1.</summary>
    internal static Tensor Waves(int count, bool same = false)
    {
        var values = new float[count * Shape.Values];
        for (var i = 0; i < values.Length; i++)
        {
            var (image, channel, y, x) = (same ? 0 : i / Shape.Values, i / 256 % 3, i / 16 % 16, i % 16);
            values[i] = (float)Math.Sin(0.4 * x * (1 + 0.3 * image) + 0.3 * y * (channel + 1) + image);
        }
        return tensor(values).view(Shape.Batch(count));
    }

    /// <summary>A denoiser whose x_0 is always the same: it draws it.</summary>
    internal static Patient Towards(TemporaryFolder folder, Func<Tensor, Tensor> x0, double? clip = 1) =>
        Draws(folder, (x, _) => x0(x), PredictionType.X0, clip);

    private static Patient Draws(
        TemporaryFolder folder, Func<Tensor, Tensor, Tensor> formula, PredictionType prediction = PredictionType.Epsilon, double? clip = 1)
    {
        var model = new DiffusionBuilder().WithDenoiser(new FormulaDenoiser(formula), Shape).WithPrediction(prediction).WithClipping(clip).Build();
        return new(folder.Path, Healthy.Machine, (_, _) => model);
    }

    private static Patient Data(TemporaryFolder folder, IEnumerable<Picture>? pictures = null, bool spoil = false)
    {
        Directory.CreateDirectory(folder.File("data"));
        foreach (var (i, picture) in (pictures ?? []).Index())
            picture.SavePng(folder.File($"data/{i:D2}.png"));
        if (spoil)
        {
            var bytes = File.ReadAllBytes(folder.File("data/05.png"));
            File.WriteAllBytes(folder.File("data/05.png"), bytes[..(bytes.Length / 2)]);
        }
        var model = Healthy.Model();
        return new(folder.Path, Healthy.Machine, (_, _) => model) { Images = 0, Data = folder.File("data") };
    }

    // Of the shape of the healthy model's images.
    private static IEnumerable<Picture> Pictures(
        int count, bool noBlue = false, bool twoValues = false, bool narrow = false, bool gray = false) => Enumerable.Range(0, count).Select(i =>
    {
        var shape = Models.Preflight.PreflightCase.Tiny;
        var bytes = new byte[shape.Values];
        var plane = shape.Values / shape.Channels;
        for (var at = 0; at < bytes.Length; at++)
        {
            var (channel, pixel) = (gray ? 0 : at / plane, at % plane);
            var value = (37 * i + 11 * pixel + 83 * channel) % 256;
            bytes[at] = (byte)(noBlue && channel == 2 ? 7 : twoValues ? 255 * (value & 1) : narrow ? value / 16 : value);
        }
        return new Picture(shape, bytes);
    });

    private static Picture Flat(byte value) =>
        new(Models.Preflight.PreflightCase.Tiny, [.. Enumerable.Repeat(value, (int)Models.Preflight.PreflightCase.Tiny.Values)]);
}
