// Watch images appear out of noise: x_t at t = 900, 800, ..., 0 in one PNG, a row for each image.
using System.CommandLine;
using Ddpm;
using Ddpm.Samples;
using static TorchSharp.torch;

var weights = CheckpointFlags.Weights;
var checkpoint = new CheckpointFlags();
var dataType = new Option<string?>("--data_type") { Description = "Accepted as the reference programs do; the network says how large images are." };
var schedule = new ScheduleFlags();
var sampler = NamedSamplers.Flag();
var sampleSteps = NamedSamplers.StepsFlag();
var rows = new Option<int>("--rows") { Description = "Images, one a row.", DefaultValueFactory = _ => 4 };
var guidance = new GuidanceFlags();
var seed = CommonOptions.Seed();
var device = CommonOptions.Device();
var file = CommonOptions.Out("out/reverse.png");
var command = new RootCommand("Draws the reverse process of a trained model as strips.")
    { weights, dataType, sampler, sampleSteps, rows, seed, device, file };
checkpoint.AddTo(command);
schedule.AddTo(command);
guidance.AddTo(command);
return SampleApp.Run(args, command, (options, stop) =>
{
    using var diffusion = checkpoint.Open(options, options.GetValue(weights), schedule.Of(options), options.GetRequiredValue(device));
    var classes = guidance.LabelsOf(options);
    var count = classes?.Length ?? options.GetRequiredValue(rows);
    var sampling = new SamplingOptions
    {
        Labels = classes,
        Guidance = guidance.Of(options),
        Seed = options.GetRequiredValue(seed),
        Sampler = NamedSamplers.Chosen(options.GetValue(sampler), options.GetValue(sampleSteps)),
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
