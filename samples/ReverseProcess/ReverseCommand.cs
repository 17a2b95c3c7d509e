using System.CommandLine;
using Ddpm.Samplers;
using static TorchSharp.torch;

namespace Ddpm.Samples;

/// <summary>
/// Watch images appear out of noise: x_t at t = 900, 800, ..., 0 in one PNG, a row for each image, and beside it the same as an animated WebP.
/// </summary>
internal static class ReverseCommand
{
    private const int Frames = 10, Scale = 2, Gap = 2, MostRows = 64, LeastEdge = 96;

    public static Command Make()
    {
        var checkpoint = new CheckpointFlags();
        var dataType = Flag.OptionalOneOf("--data_type",
            "What the network was trained on, as the reference programs ask; the network must have images of such a shape.",
            "cifar10", "folder", "shapes");
        var sampler = new SamplerFlags();
        var rows = Flag.Whole("--rows", "Images, one a row; they are drawn together.", 4, most: MostRows);
        var guidance = new GuidanceFlags();
        var seed = CommonOptions.Seed();
        var device = CommonOptions.Device();
        var file = OutputFlag.Picture("out/reverse.png");
        var command = new Command("reverse", "Draws the reverse process of a trained model as strips.") { dataType, rows, seed, device, file };
        checkpoint.AddTo(command);
        sampler.AddTo(command);
        guidance.AddTo(command, rows);
        command.Does((options, stop) =>
        {
            var classes = guidance.LabelsOf(options);
            var count = classes?.Length ?? options.GetRequiredValue(rows);
            if (count > MostRows)
                throw new ArgumentException($"--labels must name 1..{MostRows} images, but name {count}.");
            using var diffusion = checkpoint.Open(options, device: options.GetRequiredValue(device));
            if (options.GetValue(dataType) is { } data && !Fits(diffusion.Image, data))
                throw new ArgumentException($"--data_type must be what the network was trained on, but {data} has no images of {diffusion.Image}.");
            Limits.CheckPicture("--rows or --labels", count, Frames, diffusion.Image, Scale, Gap);
            var sampling = new SamplingOptions
            {
                Labels = classes,
                Guidance = guidance.Of(options),
                Seed = options.GetRequiredValue(seed),
                Sampler = sampler.Of(options, diffusion),
            };

            var strip = new List<Tensor>();
            var film = new Film(Math.Max(Scale, LeastEdge / diffusion.Image.Width), Gap);
            void Show(SamplingFrame frame)
            {
                film.Add(frame);
                if (SampleApp.IsTenth(frame))
                    strip.Add(frame.X.alias());
            }

            SampleApp.Watch(diffusion, count, sampling, Show, stop);
            var picture = options.GetRequiredValue(file);
            PictureGrid.Rows(strip, Scale, Gap).SavePng(picture);
            SampleApp.Wrote(picture);
            SampleApp.Wrote(film.Save(Path.ChangeExtension(picture, ".webp")));
            foreach (var tensor in strip)
                tensor.Dispose();
        });
        return command;
    }

    private static bool Fits(ImageShape image, string data) => data switch
    {
        "cifar10" => image == new ImageShape(3, 32, 32),
        "shapes" => image.Channels == 3 && image.Height == image.Width,
        _ => image.Channels == 3,
    };
}
