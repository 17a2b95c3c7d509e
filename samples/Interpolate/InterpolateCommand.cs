using System.CommandLine;
using static TorchSharp.torch;

namespace Ddpm.Samples;

/// <summary>
/// Between two images: noise both to a step, mix the noised images in eleven proportions, denoise each mix (Ho et al. 2020, section 4.4).
/// </summary>
internal static class InterpolateCommand
{
    private const int Mixes = 11, Scale = 2, Gap = 2;

    public static Command Make()
    {
        var image1 = new PictureFlag("--img1_path", "The first image.");
        var image2 = new PictureFlag("--img2_path", "The second image.", instead: 1);
        var interpSteps = Flag.Whole("--interp_steps", "The step that both are noised to.", 500, least: 0);
        var mode = Flag.OneOf("--mode", "How they are mixed; spherical keeps the noise as strong half-way.", "linear", "linear", "spherical");
        var checkpoint = new CheckpointFlags();
        var seed = CommonOptions.Seed();
        var device = CommonOptions.Device();
        var file = OutputFlag.Picture("out/interpolation.png");
        var command = new Command("interpolate", "Draws the way from one image to another as a strip.")
            { image1, image2, interpSteps, mode, seed, device, file };
        checkpoint.AddTo(command);
        command.Does((options, stop) =>
        {
            using var diffusion = checkpoint.Open(options, device: options.GetRequiredValue(device));
            var (shape, t) = (diffusion.Image, options.GetRequiredValue(interpSteps));
            if (t >= diffusion.Process.Steps)
                throw new ArgumentException($"--interp_steps must be in 0..{diffusion.Process.Steps - 1}, as the model's process has, but is {t}.");
            Limits.CheckPicture("The model's images", 1, Mixes, shape, Scale, Gap);
            using var scope = NewDisposeScope();
            var first = image1.Of(options, shape.Height, shape.Width, shape.Channels).ToTensor();
            var second = image2.Of(options, shape.Height, shape.Width, shape.Channels).ToTensor();
            var kind = options.GetRequiredValue(mode) == "linear" ? InterpolationKind.Linear : InterpolationKind.Spherical;
            var sampling = new SamplingOptions { Seed = options.GetRequiredValue(seed) };
            Tensor strip;
            using (var line = new ProgressLine("denoising"))
                strip = diffusion.Interpolate(first, second, t, Mixes, kind, sampling, line, stop);
            PictureGrid.Grid(strip, Mixes, Scale, Gap).SavePng(options.GetRequiredValue(file));
            SampleApp.Wrote(options.GetRequiredValue(file));
        });
        return command;
    }
}
