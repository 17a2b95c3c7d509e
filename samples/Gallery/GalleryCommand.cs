using System.CommandLine;
using Ddpm.Samplers;
using static TorchSharp.torch;

namespace Ddpm.Samples;

/// <summary>
/// Every sampler of the library from the same start noise, at several numbers of steps, beside the image of the whole process:
/// a picture, a table, and curves of the distance from where the process leads.
/// </summary>
internal static class GalleryCommand
{
    public static Command Make()
    {
        var checkpoint = new CheckpointFlags();
        var names = new Option<string[]>("--samplers")
        {
            Description = "Which; by default all.",
            HelpName = "name name ...",
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = true,
        };
        names.Refuse(given => Array.Find(given, name => !NamedSamplers.Names.Contains(name)) is { } unknown
            ? $"--samplers must be of {string.Join(", ", NamedSamplers.Names)}, but one is '{unknown}'." : null);
        var steps = Flag.Wholes("--steps", "Steps of the samplers, a column each.", 1, 1_000_000, 5, 10, 20, 50);
        var count = Flag.Whole("--images", "Images a cell.", 2);
        var scale = Flag.Whole("--scale", "Pixels become squares of this edge.", 2);
        var guidance = Flag.Number("--guidance", "The scale of guidance, for a model with classes and a null class.", 2, 0, double.MaxValue);
        var trainSteps = Flag.Whole("--train_steps", "Training steps, where there is no model.", 1000);
        var seed = CommonOptions.Seed();
        var device = CommonOptions.Device();
        var folder = OutputFlag.Folder("out/gallery", picture: "gallery.png");
        var command = new Command("gallery", "Draws the same images with every sampler.")
            { names, steps, count, scale, guidance, trainSteps, seed, device, folder };
        checkpoint.AddTo(command, "QuickStart's, which is trained first where there is none");
        command.Ignored(
            result => Model(checkpoint.PathIn(result), result.ValueOf(folder)!) is { } model ? $"with a model, {model}" : null, trainSteps);
        command.Does((options, stop) =>
        {
            var output = options.GetRequiredValue(folder);
            var columns = options.GetRequiredValue(steps);
            var path = Model(checkpoint.PathIn(options.CommandResult), output) ?? Train(Path.Combine(output, "model"));
            using var diffusion = checkpoint.Open(options, path, options.GetRequiredValue(device));
            if (options.CommandResult.Has(guidance) && diffusion.Denoiser.Traits.NullClass is null)
                throw new ArgumentException("--guidance would be ignored with a model that has no classes, or no null class.");
            var painter = new Painter(
                diffusion, options.GetRequiredValue(count), options.GetRequiredValue(seed), options.GetRequiredValue(guidance), stop);
            var samplers = options.GetValue(names) is { Length: > 0 } chosen ? chosen : [.. NamedSamplers.Names];
            var whole = diffusion.Process.Path.Steps;
            Limits.CheckPicture("--images, --scale, --steps and --samplers", samplers.Length + 1, columns.Length, Cell(diffusion.Image));
            if (diffusion.Denoiser.Network is UNet network)
                Limits.CheckMemory("--images", network.Options, options.GetRequiredValue(count), training: false, diffusion.Device);
            var entries = new List<Entry>();
            using var scope = NewDisposeScope();
            using (var line = new ProgressLine("sampling"))
            {
                painter.Begin(whole + samplers.Length * columns.Sum(), line);
                var reference = painter.Reference();
                entries.Add(reference);
                foreach (var name in samplers)
                    foreach (var n in columns)
                        entries.Add(painter.Paint(name, n, steps => NamedSamplers.Create(name, steps), reference));
            }

            var report = new Report(entries, columns);
            Directory.CreateDirectory(output);
            TextFile.Write(Path.Combine(output, "gallery.csv"), report.Csv());
            TextFile.Write(Path.Combine(output, "gallery.md"), report.Markdown());
            report.Draw(options.GetRequiredValue(scale)).SavePng(Path.Combine(output, "gallery.png"));
            var curves = Path.Combine(output, "curves.png");
            var whyNoCurves = Curves.Save(entries, curves);
            Console.Write(report.Markdown());
            foreach (var file in (string[])["gallery.png", "gallery.csv", "gallery.md"])
                SampleApp.Wrote(Path.Combine(output, file));
            if (whyNoCurves is null)
                SampleApp.Wrote(curves);
            else
                SampleApp.Warnings.Report($"{curves} is left out: {whyNoCurves}");

            // An image and the white beside it, all images of a cell, and the cell's frame and name.
            ImageShape Cell(ImageShape image)
            {
                var (edge, images) = (options.GetRequiredValue(scale), options.GetRequiredValue(count));
                long Extent(int pixels, int times, int more) => Math.Min((pixels + 1L) * edge * times + more, Picture.MaximumPixels);
                return new(3, (int)Extent(image.Height, 1, 22), (int)Extent(image.Width, images, 200));
            }

            string Train(string model)
            {
                using var trained = QuickStartRecipe.Model(options.GetRequiredValue(device), options.GetRequiredValue(seed)).Build();
                using (var line = new ProgressLine("training QuickStart's model"))
                    trained.Train(
                        QuickStartRecipe.Training(options.GetRequiredValue(trainSteps), options.GetRequiredValue(seed)),
                        QuickStartRecipe.Shapes(), line, cancellationToken: stop);
                trained.Save(model);
                return model;
            }
        });
        return command;
    }

    // The model that there is: the one named, QuickStart's, or the one that an earlier run trained.
    private static string? Model(string? named, string output) =>
        named ?? Array.Find([Path.Combine(QuickStartRecipe.Folder, "model"), Path.Combine(output, "model")], Directory.Exists);
}
