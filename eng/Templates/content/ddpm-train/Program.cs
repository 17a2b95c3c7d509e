// Trains a model: dotnet run -c Release -- [IMAGES] [STEPS]
// IMAGES is a folder of pictures, which are cropped and scaled to 32 x 32; without one, or with "", coloured shapes are generated. The folder "out"
// then has the model, a grid of samples and the loss. Ctrl+C stops after saving; the same command goes on from there.
using Ddpm;
using Ddpm.Training;

const string Output = "out";
var images = args is [{ Length: > 0 } folder, ..] ? folder : null;
var data = images is null ? new ShapesReader().Read() : new ImageFolderReader(images, new(3, 32, 32)).Read();
var network = images is null ? UNetOptions.Tiny : UNetOptions.Small;
var recipe = new TrainingOptions
{
    Steps = args.Length > 1 ? int.Parse(args[1]) : 1000,
    BatchSize = 64,
    LearningRate = 1e-3,
    WarmupSteps = 50,
    EmaDecay = 0.995,
    HorizontalFlip = images is not null,
};

using var diffusion = new DiffusionBuilder().WithCosineSchedule().WithUNet(network).WithDdim(50).Build();
var resume = Diffusion.HasTrainingState(Output) ? Output : null;
foreach (var finding in diffusion.CheckTraining(recipe, data, Output, resume))
    Console.WriteLine($"{finding.Severity}: {finding}");

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, key) => (key.Cancel, _) = (true, stop.CancelAsync());
using var recorder = new TrainingRecorder(diffusion, Output) { SaveEvery = 200, PictureEvery = 200, Scale = 4 };
try
{
    diffusion.Train(recipe, data, new StepLine(), [recorder], resume, stop.Token);
    Console.WriteLine($"See {Path.GetFullPath(Output)}: samples.png, loss.png and the model.");
}
catch (OperationCanceledException)
{
    Console.WriteLine("Stopped and saved: the same command goes on.");
}

// A line every 20 steps.
internal sealed class StepLine : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress value)
    {
        if (value.Step % 20 == 0 && value.Read.Count > 0)
            Console.WriteLine($"{value.Step}/{value.Steps}  loss {value.Read[^1].Loss:F4}  {value.Remaining:mm\\:ss} left");
    }
}
