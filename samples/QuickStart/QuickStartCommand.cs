using System.CommandLine;
using static TorchSharp.torch;

namespace Ddpm.Samples;

/// <summary>
/// The whole life of a diffusion model in minutes, on any machine: generate a data set of coloured shapes, train a small UNet on it,
/// draw new shapes, and look at the forward and the reverse process. Nothing is downloaded.
/// </summary>
internal static class QuickStartCommand
{
    public static Command Make()
    {
        var steps = Flag.Whole("--steps", "Training steps; more make cleaner shapes.", 1000);
        var process = ProcessFlag.Make();
        var seed = CommonOptions.Seed();
        var device = CommonOptions.Device();
        var folder = OutputFlag.Folder(QuickStartRecipe.Folder, picture: "samples.png");
        var command = new Command("quickstart", "Trains a small diffusion model on generated shapes and draws what it learned.")
        {
            steps, process, seed, device, folder,
        };
        command.Does((options, stop) =>
        {
            var output = options.GetRequiredValue(folder);
            var shapes = QuickStartRecipe.Shapes();
            // The network, its process and how it is trained are half a page, which Gallery uses too: samples/Shared/QuickStartRecipe.cs.
            using var diffusion = QuickStartRecipe.Model(options.GetRequiredValue(device), options.GetRequiredValue(seed))
                .WithProcess(options.GetRequiredValue(process))
                .Build();
            var recipe = QuickStartRecipe.Training(options.GetRequiredValue(steps), options.GetRequiredValue(seed));

            // A column for each class.
            var classes = ShapesReader.ClassNames.Count;
            var guided = new SamplingOptions { Seed = 0, BatchSize = 5 * classes, Guidance = new Guidance(2) };
            using var recorder = new TrainingRecorder(diffusion, output)
            {
                SaveEvery = 0,
                StatesKept = 0,
                PictureEvery = 0,
                Pictures = 5 * classes,
                Columns = classes,
                Scale = 4,
                Sampling = guided,
                HeldOut = QuickStartRecipe.HeldOut(),
                Warnings = SampleApp.Warnings,
            };
            using (var line = new ProgressLine("training"))
                diffusion.Train(recipe, shapes, line, [recorder], cancellationToken: stop);

            using var images = Pixels.Batch(shapes, [0, 1, 2, 3]);
            int[] forwardSteps = [0, 100, 200, 300, 400, 500, 600, 700, 800, 999];
            var forward = forwardSteps.Select(t => diffusion.Diffuse(images, t)).ToArray();
            PictureGrid.Rows(forward, scale: 4, gap: 2).SavePng(Path.Combine(output, "forward.png"));

            // Ten steps side by side, and all of them as an animation.
            var reverse = new List<Tensor>();
            var film = new Film(scale: 8, gap: 4);
            foreach (var frame in diffusion.Stream(4, guided with { Labels = [0, 5, 10, 3] }, stop))
                using (frame)
                {
                    film.Add(frame);
                    if (SampleApp.IsTenth(frame))
                        reverse.Add(frame.X.alias());
                }
            PictureGrid.Rows(reverse, scale: 4, gap: 2).SavePng(Path.Combine(output, "reverse.png"));
            film.Save(Path.Combine(output, "reverse.webp"));

            foreach (var tensor in forward.Concat(reverse))
                tensor.Dispose();
            foreach (var file in (string[])["loss.png", "samples.png", "forward.png", "reverse.png", "reverse.webp", "model"])
                SampleApp.Wrote(Path.Combine(output, file));
        });
        return command;
    }
}
