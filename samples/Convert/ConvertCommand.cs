using System.CommandLine;

namespace Ddpm.Samples;

/// <summary>Take a model from one program to another.</summary>
internal static class ConvertCommand
{
    public static Command Make()
    {
        var source = new Argument<string>("source") { Description = "A saved model's or a pipeline's folder, or a file of weights." };
        var destination = new Argument<string>("destination") { Description = "The folder to write; with --to onnx the file." };
        var format = Flag.OneOf(
            "--to", "A pipeline's folder, this library's, or an ONNX file, which other runtimes take.", "diffusers", "diffusers", "ddpm", "onnx");
        var checkpoint = new CheckpointFlags();
        var command = new Command("convert", "Reads a checkpoint of any known layout and writes it as a folder or an ONNX file.")
            { source, destination, format };
        checkpoint.AddTo(command, result => result.GetValue(source));
        command.Does((options, _) =>
        {
            var (written, kind) = (options.GetRequiredValue(destination), options.GetRequiredValue(format));
            if (kind == "onnx")
                Writable.File("destination", written);
            else
                Writable.Folder("destination", written);
            using var diffusion = checkpoint.Open(options, options.GetRequiredValue(source));
            Action<string> write = kind switch
            {
                "onnx" => diffusion.ExportOnnx,
                "ddpm" => folder => diffusion.Save(folder),
                _ => folder => diffusion.SavePretrained(folder),
            };
            write(written);
            SampleApp.Wrote(written);
        });
        return command;
    }
}
