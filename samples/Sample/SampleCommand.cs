using System.CommandLine;

namespace Ddpm.Samples;

/// <summary>Draw images from a trained model, with any sampler: some as one grid, or a set of many in shards.</summary>
internal static class SampleCommand
{
    public static Command Make()
    {
        var checkpoint = new CheckpointFlags();
        var drawing = new DrawingFlags();
        var device = CommonOptions.Device();
        var set = new SetFlags();
        var file = OutputFlag.Picture("out/samples.png", set.RunIn);
        var command = new Command("sample", "Draws images from a trained model.")
            { drawing.Count, drawing.Columns, drawing.BatchSize, drawing.Seed, device, file };
        checkpoint.AddTo(command, unless: set.Merge);
        drawing.Sampler.AddTo(command);
        drawing.Guidance.AddTo(command, drawing.Count, classes: set.Set);
        set.AddTo(
            command, ofPicture: [drawing.Columns, file],
            ofDrawing: [drawing.Count, drawing.BatchSize, drawing.Seed, device, .. drawing.Sampler.All, .. drawing.Guidance.All]);
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
            if (folder is null)
                drawing.CheckPicture(options, diffusion.Image);
            if (diffusion.Denoiser.Network is UNet network)
                Limits.CheckMemory("--batchsize", network.Options, drawing.BatchOf(options), training: false, diffusion.Device);
            var sampling = drawing.Of(options, diffusion);
            if (folder is null)
            {
                drawing.Draw(options, diffusion, sampling, options.GetRequiredValue(file), stop);
                return;
            }
            drawing.Guidance.Check(options, diffusion);
            var plan = ShardPlan.Of(diffusion, sampling, drawing.CountOf(options), set.FormatOf(options), shard.Of);
            new ShardJob(folder, plan, shard).Run(diffusion, sampling, stop);
            if (shard == Shard.All)
                new ShardMerge(folder).Run(stop);
        });
        return command;
    }
}
