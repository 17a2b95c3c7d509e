using System.CommandLine;
using static TorchSharp.torch;

namespace Ddpm.Samples;

/// <summary>Draw images from a trained model, with any sampler: some as one grid, or a set of many in shards.</summary>
internal static class SampleCommand
{
    private const int Scale = 3;

    public static Command Make()
    {
        var checkpoint = new CheckpointFlags();
        var count = Flag.Whole("--count", "Images.", 16);
        var columns = Flag.Whole("--columns", "Images a row.", 8);
        var batchSize = Flag.Whole("--batchsize", "Images at once.", 16);
        var guidance = new GuidanceFlags();
        var sampler = new SamplerFlags();
        var seed = CommonOptions.Seed();
        var device = CommonOptions.Device();
        var set = new SetFlags();
        var file = OutputFlag.Picture("out/samples.png", set.RunIn);
        var command = new Command("sample", "Draws images from a trained model.") { count, columns, batchSize, seed, device, file };
        checkpoint.AddTo(command, unless: set.Merge);
        sampler.AddTo(command);
        guidance.AddTo(command, count, classes: set.Set);
        set.AddTo(command, ofPicture: [columns, file], ofDrawing: [count, batchSize, seed, device, .. sampler.All, .. guidance.All]);
        command.Does((options, stop) =>
        {
            var folder = set.FolderIn(options.CommandResult) is { } named ? new SetFolder(named) : null;
            if (folder is not null && set.IsMerge(options))
            {
                new ShardMerge(folder).Run(stop);
                return;
            }
            folder?.TryOut();
            var shard = set.ShardOf(options);
            using var diffusion = checkpoint.Open(options, device: options.GetRequiredValue(device));
            var labels = guidance.LabelsOf(options);
            var drawn = labels?.Length ?? options.GetRequiredValue(count);
            var (width, batch) = (Math.Min(options.GetRequiredValue(columns), drawn), Math.Min(options.GetRequiredValue(batchSize), drawn));
            if (folder is null)
                Limits.CheckPicture("--count and --columns", (drawn + (long)width - 1) / width, width, diffusion.Image, Scale);
            if (diffusion.Denoiser.Network is UNet network)
                Limits.CheckMemory("--batchsize", network.Options, batch, training: false, diffusion.Device);
            var sampling = new SamplingOptions
            {
                Seed = options.GetRequiredValue(seed),
                BatchSize = batch,
                Labels = labels,
                Guidance = guidance.Of(options),
                Sampler = sampler.Of(options, diffusion),
            };
            if (folder is not null)
            {
                guidance.Check(options, diffusion);
                new ShardJob(folder, ShardPlan.Of(diffusion, sampling, drawn, set.FormatOf(options), shard.Of), shard).Run(diffusion, sampling, stop);
                if (shard == Shard.All)
                    new ShardMerge(folder).Run(stop);
                return;
            }
            Tensor images;
            using (var line = new ProgressLine("sampling"))
                images = diffusion.Sample(drawn, sampling, line, cancellationToken: stop);
            using (images)
                PictureGrid.Grid(images, width, Scale).SavePng(options.GetRequiredValue(file));
            SampleApp.Wrote(options.GetRequiredValue(file));
        });
        return command;
    }
}
