using System.CommandLine;
using Ddpm.Noise;

namespace Ddpm.Samples;

/// <summary>
/// Watch an image dissolve: x_t = sqrt(alpha_bar_t) x_0 + sqrt(1 - alpha_bar_t) epsilon at chosen steps, side by side in one PNG.
/// </summary>
internal static class ForwardCommand
{
    public static Command Make()
    {
        var image = new PictureFlag("--img_path", "The image.");
        var size = CommonOptions.Size("The image is resized to this.", 128);
        var steps = Flag.Wholes("--t", "The steps to show.", 0, int.MaxValue, 100, 200, 300, 400, 500, 600, 700, 800, 999);
        var schedule = new ScheduleFlags();
        var seed = CommonOptions.Seed();
        var file = OutputFlag.Picture("out/forward.png");
        var command = new Command("forward", "Draws the forward process of an image as a strip.")
            { image, size, steps, seed, file };
        schedule.AddTo(command);
        command.Does((options, stop) =>
        {
            var process = new GaussianDiffusion(schedule.Of(options));
            var ((height, width), shown) = (options.GetRequiredValue(size), options.GetRequiredValue(steps));
            Limits.CheckPicture("--size and --t", 1, shown.Length + 1, new ImageShape(3, height, width));
            if (Array.Exists(shown, t => t >= process.Steps))
                throw new ArgumentException($"--t must be steps in 0..{process.Steps - 1}, as --timesteps says, but one is {shown.Max()}.");
            using var x0 = image.Of(options, height, width).ToTensor();

            // Every step has a draw of its own, as in the reference programs.
            var noise = new NoiseStream(new SeededNoise(options.GetRequiredValue(seed)));
            var strip = shown.Select(t =>
            {
                stop.ThrowIfCancellationRequested();
                using var epsilon = noise.DrawLike(x0);
                return process.Diffuse(x0, t, epsilon);
            }).Prepend(x0.alias()).ToArray();

            PictureGrid.Rows(strip).SavePng(options.GetRequiredValue(file));
            SampleApp.Wrote(options.GetRequiredValue(file));
            foreach (var tensor in strip)
                tensor.Dispose();
        });
        return command;
    }
}
