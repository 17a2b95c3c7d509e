using System.CommandLine;
using System.Diagnostics;

namespace Ddpm.Samples;

/// <summary>Export a model as an ONNX file, and draw images with it in ONNX Runtime, with any sampler, as one grid.</summary>
internal static class OnnxCommand
{
    public static Command Make()
    {
        var model = new Option<string?>("--model")
        {
            Description = "An ONNX file that was exported before; by default --weights is exported to one beside the picture.",
            HelpName = "file.onnx",
        };
        var checkpoint = new CheckpointFlags();
        var provider = Flag.OneOf("--provider", "What computes the network.", "cpu", [.. OnnxProvider.Names]);
        var drawing = new DrawingFlags();
        var file = OutputFlag.Picture("out/onnx.png");
        var command = new Command("onnx", "Draws images with a network that ONNX Runtime computes.")
            { model, provider, drawing.Count, drawing.Columns, drawing.BatchSize, drawing.Seed, file };
        checkpoint.AddTo(command, "QuickStart's");
        drawing.Sampler.AddTo(command);
        drawing.Guidance.AddTo(command, drawing.Count);
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
                drawing.CheckPicture(options, diffusion.Image);
                var sampling = drawing.Of(options, diffusion);
                var clock = Stopwatch.StartNew();
                drawing.Draw(options, diffusion, sampling, picture, stop);
                Console.WriteLine($"{drawing.CountOf(options)} images in {clock.Elapsed.TotalSeconds:F1} s");
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
