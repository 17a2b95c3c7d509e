using System.CommandLine;

namespace Ddpm.Samples;

/// <summary>Say what is wrong or unusual about a model, a checkpoint or a training folder, and about this machine.</summary>
internal static class DoctorCommand
{
    private const int MostImages = 1_000;

    public static Command Make()
    {
        var patient = new Argument<string>("path")
            { Description = "A saved model's or a pipeline's folder, a file of weights, or a folder that a training wrote." };
        var images = Flag.Whole("--images", "Images to draw, in 20 steps, and to look at; 0: none.", 4, least: 0, most: MostImages);
        var data = new Option<string?>("--data") { Description = "A folder of the images that it is trained on, to be looked at too." };
        var json = new Option<bool>("--json") { Description = "Print the findings as JSON." };
        var device = CommonOptions.Device();
        var checkpoint = new CheckpointFlags();
        var command = new Command(
            "doctor", "Says what is wrong with a model, a checkpoint, a training folder or this machine, and what helps.")
        {
            patient, images, data, json, device,
        };
        checkpoint.AddTo(command, result => result.GetValue(patient));
        command.Answers((options, stop) =>
        {
            var path = options.GetRequiredValue(patient);
            using var looked = new Patient(
                path, Machine.Here(), (model, odd) => checkpoint.Open(options, model, options.GetRequiredValue(device), odd), stop)
            {
                Data = options.GetValue(data),
                Images = options.GetRequiredValue(images),
            };
            var report = new DoctorReport(path, looked.Title, looked.Machine, Checks.Of(looked, stop));
            Console.Write(options.GetValue(json) ? report.Json() : report.Text());
            return report.ExitCode;
        });
        return command;
    }
}
