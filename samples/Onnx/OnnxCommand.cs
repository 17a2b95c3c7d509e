using System.CommandLine;
using System.Diagnostics;
using static TorchSharp.torch;

namespace Ddpm.Samples;

/// <summary>Export a model as an ONNX file, and draw images with it in ONNX Runtime, with any sampler, as one grid.</summary>
internal static class OnnxCommand
{
    private const int Scale = 3;

    public static Command Make()
    {
        var model = new Option<string?>("--model")
        {
            Description = "An ONNX file that was exported before; by default --weights is exported to one beside the picture.",
            HelpName = "file.onnx",
        };
        var checkpoint = new CheckpointFlags();
        var provider = Flag.OneOf("--provider", "What computes the network.", "cpu", [.. OnnxProvider.Names]);
        var count = Flag.Whole("--count", "Images.", 16);
        var columns = Flag.Whole("--columns", "Images a row.", 8);
        var batchSize = Flag.Whole("--batchsize", "Images at once.", 16);
        var guidance = new GuidanceFlags();
        var sampler = new SamplerFlags();
        var seed = CommonOptions.Seed();
        var file = OutputFlag.Picture("out/onnx.png");
        var command = new Command("onnx", "Draws images with a network that ONNX Runtime computes.")
            { model, provider, count, columns, batchSize, seed, file };
        checkpoint.AddTo(command, "QuickStart's");
        sampler.AddTo(command);
        guidance.AddTo(command, count);
        command.Ignored(result => result.Has(model) ? "with " + model.Name : null, [.. checkpoint.All]);
        command.Does((options, stop) =>
        {
            var picture = options.GetRequiredValue(file);
            using var session = OnnxProvider.Options(options.GetRequiredValue(provider));
            var exported = options.GetValue(model) ?? Export(options, checkpoint, file.BesideIt(picture, ".onnx"));
            var (builder, network) = OnnxDenoiser.Load(exported, session);
            using (network)
            {
                using var diffusion = builder.Build();
                var labels = guidance.LabelsOf(options);
                var drawn = labels?.Length ?? options.GetRequiredValue(count);
                var width = Math.Min(options.GetRequiredValue(columns), drawn);
                Limits.CheckPicture("--count and --columns", (drawn + (long)width - 1) / width, width, diffusion.Image, Scale);
                var sampling = new SamplingOptions
                {
                    Seed = options.GetRequiredValue(seed),
                    BatchSize = Math.Min(options.GetRequiredValue(batchSize), drawn),
                    Labels = labels,
                    Guidance = guidance.Of(options),
                    Sampler = sampler.Of(options, diffusion),
                };
                Tensor images;
                var clock = Stopwatch.StartNew();
                using (var line = new ProgressLine("sampling"))
                    images = diffusion.Sample(drawn, sampling, line, cancellationToken: stop);
                using (images)
                    PictureGrid.Grid(images, width, Scale).SavePng(picture);
                SampleApp.Wrote(picture);
                Console.WriteLine($"{drawn} images in {clock.Elapsed.TotalSeconds:F1} s");
            }
        });
        return command;
    }

    private static string Export(ParseResult options, CheckpointFlags checkpoint, string file)
    {
        using var diffusion = checkpoint.Open(
            options, checkpoint.PathIn(options.CommandResult) ?? Path.Combine(QuickStartRecipe.Folder, "model"));
        diffusion.ExportOnnx(file);
        SampleApp.Wrote(file);
        return file;
    }
}
