// Every sampler of the library from the same start noise, at several numbers of steps, beside the image of the whole process:
// one picture and one table.
using System.CommandLine;
using Ddpm;
using Ddpm.Samples;
using static TorchSharp.torch;

var weights = new Option<string?>("--weights")
    { Description = "As the other samples' --weights; by default QuickStart's model, which is trained first where there is none." };
var checkpoint = new CheckpointFlags();
var names = new Option<string[]>("--samplers")
    { Description = "Which; by default all.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [.. NamedSamplers.All.Keys] }
    .AcceptOnlyFromAmong([.. NamedSamplers.All.Keys]);
var steps = CommonOptions.Steps("--steps", "Steps of the samplers, a column each.", 5, 10, 20, 50);
var count = new Option<int>("--images") { Description = "Images a cell.", DefaultValueFactory = _ => 2 };
var scale = new Option<int>("--scale") { Description = "Pixels become squares of this edge.", DefaultValueFactory = _ => 2 };
var guidance = new Option<double>("--guidance") { Description = "The scale of guidance, for a model with classes.", DefaultValueFactory = _ => 2 };
var trainSteps = new Option<int>("--train_steps") { Description = "Training steps, where there is no model.", DefaultValueFactory = _ => 1000 };
var seed = CommonOptions.Seed();
var device = CommonOptions.Device();
var folder = CommonOptions.Out("out/gallery");
var command = new RootCommand("Draws the same images with every sampler.")
    { weights, names, steps, count, scale, guidance, trainSteps, seed, device, folder };
checkpoint.AddTo(command);
return SampleApp.Run(args, command, (options, stop) =>
{
    var output = options.GetRequiredValue(folder);
    var columns = options.GetRequiredValue(steps);
    foreach (var (flag, value) in (ReadOnlySpan<(string, int)>)
        [("--images", options.GetRequiredValue(count)), ("--scale", options.GetRequiredValue(scale)), ("--steps", columns.Min())])
        if (value < 1)
            throw new ArgumentException($"{flag} must be at least 1, but is {value}.");
    using var diffusion = checkpoint.Open(options, options.GetValue(weights) ?? QuickStartModel(), device: options.GetRequiredValue(device));

    var painter = new Painter(diffusion, options.GetRequiredValue(count), options.GetRequiredValue(seed), options.GetRequiredValue(guidance), stop);
    var samplers = options.GetRequiredValue(names);
    var whole = diffusion.Process.Path.Steps;
    var entries = new List<Entry>();
    using var scope = NewDisposeScope();
    using (var line = new ProgressLine("sampling"))
    {
        painter.Begin(whole + samplers.Length * columns.Sum(), line);
        var reference = painter.Reference();
        entries.Add(reference);
        foreach (var name in samplers)
            foreach (var n in columns)
                entries.Add(painter.Paint(name, n, NamedSamplers.All[name], reference));
    }

    var report = new Report(entries, columns);
    Directory.CreateDirectory(output);
    File.WriteAllText(Path.Combine(output, "gallery.csv"), report.Csv());
    File.WriteAllText(Path.Combine(output, "gallery.md"), report.Markdown());
    report.Draw(options.GetRequiredValue(scale)).SavePng(Path.Combine(output, "gallery.png"));
    Console.Write(report.Markdown());
    foreach (var file in (string[])["gallery.png", "gallery.csv", "gallery.md"])
        SampleApp.Wrote(Path.Combine(output, file));

    string QuickStartModel()
    {
        var (shared, own) = (Path.Combine(QuickStartRecipe.Folder, "model"), Path.Combine(output, "model"));
        if (Directory.Exists(shared))
            return shared;
        if (Directory.Exists(own))
            return own;
        using var model = QuickStartRecipe.Model(options.GetRequiredValue(device), options.GetRequiredValue(seed)).Build();
        using (var line = new ProgressLine("training QuickStart's model"))
            model.Train(
                QuickStartRecipe.Training(options.GetRequiredValue(trainSteps), options.GetRequiredValue(seed)),
                QuickStartRecipe.Shapes(), line, cancellationToken: stop);
        model.Save(own);
        return own;
    }
});
