using System.CommandLine;

namespace Ddpm.Samples;

/// <summary>Take a model from one program to another.</summary>
internal static class ConvertCommand
{
    public static Command Make()
    {
        var source = new Argument<string>("source") { Description = "A saved model's or a pipeline's folder, or a file of weights." };
        var destination = new Argument<string>("destination") { Description = "The folder to write." };
        var format = Flag.OneOf("--to", "A pipeline's folder or this library's.", "diffusers", "diffusers", "ddpm");
        var checkpoint = new CheckpointFlags();
        var command = new Command("convert", "Reads a checkpoint of any known layout and writes it as a folder.") { source, destination, format };
        checkpoint.AddTo(command, result => result.GetValue(source));
        command.Does((options, _) =>
        {
            var folder = options.GetRequiredValue(destination);
            Writable.Folder("destination", folder);
            using var diffusion = checkpoint.Open(options, options.GetRequiredValue(source));
            if (options.GetRequiredValue(format) == "ddpm")
                diffusion.Save(folder);
            else
                diffusion.SavePretrained(folder);
            SampleApp.Wrote(folder);
        });
        return command;
    }
}
