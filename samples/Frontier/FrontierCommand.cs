using System.CommandLine;
using Ddpm.Samplers;

namespace Ddpm.Samples;

/// <summary>
/// Which sampler, how many steps, which precision? Draws the same images in every way, takes the time and the distance from where the process leads,
/// and marks the ways that nothing beats.
/// </summary>
internal static class FrontierCommand
{
    private static readonly string[] Precisions = ["float32", "bfloat16"];

    public static Command Make()
    {
        var checkpoint = new CheckpointFlags();
        var names = new Option<string[]>("--samplers")
        {
            Description = "Which.",
            HelpName = "name name ...",
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => ["ddim", "euler", "heun", "deis", "dpmsolver++", "dpmsolver++-3", "unipc"],
        };
        names.Refuse(given => Array.Find(given, name => !NamedSamplers.Names.Contains(name)) is { } unknown
            ? $"--samplers must be of {string.Join(", ", NamedSamplers.Names)}, but one is '{unknown}'." : null);
        var steps = Flag.Wholes("--steps", "Steps of the samplers.", 1, 1_000_000, 5, 10, 20, 50);
        var precision = Flag.OneOf("--precision", "In which the network computes.", "both", ["both", .. Precisions]);
        var count = Flag.Whole("--images", "Images at once.", 16);
        var turns = Flag.Whole("--turns", "How often each way is measured; the fastest counts.", 5);
        var seed = CommonOptions.Seed();
        var device = CommonOptions.Device();
        var folder = OutputFlag.Folder("out/frontier");
        var command = new Command("frontier", "Measures speed against distance for samplers, steps and precisions.")
            { names, steps, precision, count, turns, seed, device, folder };
        checkpoint.AddTo(command, "QuickStart's");
        command.Does((options, stop) =>
        {
            var output = options.GetRequiredValue(folder);
            var (images, times) = (options.GetRequiredValue(count), options.GetRequiredValue(turns));
            var path = checkpoint.PathIn(options.CommandResult) ?? Path.Combine(QuickStartRecipe.Folder, "model");
            using var diffusion = checkpoint.Open(options, path, options.GetRequiredValue(device));
            var precisions = options.GetRequiredValue(precision) is var one && one == "both" ? Precisions : [one];
            (string Sampler, int Steps, string Precision)[] ways =
            [
                .. options.GetRequiredValue(names).Distinct().SelectMany(name => precisions.SelectMany(kind =>
                    options.GetRequiredValue(steps).Distinct().Order().Select(n => (name, n, kind)))),
            ];
            foreach (var (name, n, _) in ways)
                NamedSamplers.Create(name, n).Check(diffusion.Process.Path);
            if (diffusion.Denoiser.Network is UNet network)
                Limits.CheckMemory("--images", network.Options, images, training: false, diffusion.Device);
            IReadOnlyList<Point> points;
            using (var line = new ProgressLine("sampling"))
            {
                var racer = new Racer(diffusion, images, options.GetRequiredValue(seed), stop) { Progress = line };
                using var reference = racer.Reference();
                points = ParetoFront.Mark(racer.Race(ways, times, reference));
            }

            var report = new FrontierReport(points, images, times, diffusion.Process.Path.Steps);
            Directory.CreateDirectory(output);
            TextFile.Write(Path.Combine(output, "frontier.json"), report.Json());
            TextFile.Write(Path.Combine(output, "frontier.md"), report.Markdown());
            var picture = Path.Combine(output, "frontier.png");
            var whyNot = FrontierPlot.Save(points, picture);
            Console.Write(report.Markdown());
            foreach (var file in (string[])["frontier.json", "frontier.md"])
                SampleApp.Wrote(Path.Combine(output, file));
            if (whyNot is null)
                SampleApp.Wrote(picture);
            else
                SampleApp.Warnings.Report($"{picture} is left out: {whyNot}");
        });
        return command;
    }
}
