// Watch images appear out of noise: x_t at t = 900, 800, ..., 0 in one PNG, a row for each image.
using System.CommandLine;
using Ddpm;
using Ddpm.Samples;
using static TorchSharp.torch;

var weights = CheckpointFlags.Weights;
var checkpoint = new CheckpointFlags();
var dataType = new Option<string?>("--data_type") { Description = "Accepted as the reference programs do; the network says how large images are." };
var timesteps = CommonOptions.Timesteps();
var betaStart = CommonOptions.BetaStart();
var betaEnd = CommonOptions.BetaEnd();
var sampleSteps = new Option<int?>("--sample_steps") { Description = "Visit only so many of the T steps; by default the model's own sampler." };
var rows = new Option<int>("--rows") { Description = "Images, one a row.", DefaultValueFactory = _ => 4 };
var labels = CommonOptions.Steps("--labels", "The class of each row, for a network with classes; then --rows is their number.");
var guidance = new Option<double>("--guidance")
    { Description = "How much to insist on the classes: 1 takes the network at its word.", DefaultValueFactory = _ => 1 };
var seed = CommonOptions.Seed();
var device = CommonOptions.Device();
var file = CommonOptions.Out("out/reverse.png");
var command = new RootCommand("Draws the reverse process of a trained model as strips.")
    { weights, dataType, timesteps, betaStart, betaEnd, sampleSteps, rows, labels, guidance, seed, device, file };
checkpoint.AddTo(command);
return SampleApp.Run(args, command, (options, stop) =>
{
    var schedule = new LinearSchedule(options.GetRequiredValue(timesteps), options.GetRequiredValue(betaStart), options.GetRequiredValue(betaEnd));
    using var diffusion = checkpoint.Open(options, options.GetValue(weights), schedule, options.GetRequiredValue(device));
    var classes = options.GetRequiredValue(labels) is { Length: > 0 } given ? given : null;
    var count = classes?.Length ?? options.GetRequiredValue(rows);
    var sampling = new SamplingOptions
    {
        Labels = classes,
        Guidance = new Guidance(options.GetRequiredValue(guidance)),
        Seed = options.GetRequiredValue(seed),
        Sampler = options.GetValue(sampleSteps) is { } visited ? new AncestralSampler(spacing: TimestepSpacing.Trailing(visited)) : null,
    };

    var strip = new List<Tensor>();
    using (var line = new ProgressLine("sampling"))
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        foreach (var frame in diffusion.Stream(count, sampling, stop))
            using (frame)
            {
                line.Report(new SamplingProgress(frame.Step + 1, frame.Steps, frame.IsLast ? count : 0, clock.Elapsed));
                if (SampleApp.IsTenth(frame))
                    strip.Add(frame.X.alias());
            }
    }
    PictureGrid.Rows(strip, scale: 2, gap: 2).SavePng(options.GetRequiredValue(file));
    SampleApp.Wrote(options.GetRequiredValue(file));
    foreach (var tensor in strip)
        tensor.Dispose();
});
