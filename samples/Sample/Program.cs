// Draw images from a trained model, with any sampler, as one grid.
using System.CommandLine;
using Ddpm;
using Ddpm.Samples;

var weights = CheckpointFlags.Weights;
var checkpoint = new CheckpointFlags();
var count = new Option<int>("--count") { Description = "Images.", DefaultValueFactory = _ => 16 };
var columns = new Option<int>("--columns") { Description = "Images a row.", DefaultValueFactory = _ => 8 };
var batchSize = new Option<int>("--batchsize") { Description = "Images at once.", DefaultValueFactory = _ => 16 };
var guidance = new GuidanceFlags();
var sampler = NamedSamplers.Flag();
var sampleSteps = NamedSamplers.StepsFlag();
var schedule = new ScheduleFlags();
var seed = CommonOptions.Seed();
var device = CommonOptions.Device();
var file = CommonOptions.Out("out/samples.png");
var command = new RootCommand("Draws images from a trained model.")
    { weights, count, columns, batchSize, sampler, sampleSteps, seed, device, file };
checkpoint.AddTo(command);
schedule.AddTo(command);
guidance.AddTo(command);
return SampleApp.Run(args, command, (options, stop) =>
{
    using var diffusion = checkpoint.Open(options, options.GetValue(weights), schedule.Of(options), options.GetRequiredValue(device));
    var sampling = new SamplingOptions
    {
        Seed = options.GetRequiredValue(seed),
        BatchSize = options.GetRequiredValue(batchSize),
        Labels = guidance.LabelsOf(options),
        Guidance = guidance.Of(options),
        Sampler = NamedSamplers.Chosen(options.GetValue(sampler), options.GetValue(sampleSteps)),
    };
    using var line = new ProgressLine("sampling");
    using var images = diffusion.Sample(sampling.Labels?.Count ?? options.GetRequiredValue(count), sampling, line, stop);
    PictureGrid.Grid(images, options.GetRequiredValue(columns), scale: 3).SavePng(options.GetRequiredValue(file));
    SampleApp.Wrote(options.GetRequiredValue(file));
});
