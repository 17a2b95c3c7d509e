// Draws 16 images from a model: dotnet run -c Release -- [MODEL]
// MODEL is a folder that Ddpm or diffusers saved, or a .safetensors, .pth or .ckpt file. Without one, a small model is trained on generated shapes
// first, which takes a minute, and kept in the folder "model".
using Ddpm;

var model = args.FirstOrDefault() ?? "model";
if (args.Length == 0 && !Directory.Exists(model))
{
    Console.WriteLine("There is no model yet: training a small one on coloured shapes.");
    using var small = new DiffusionBuilder().WithCosineSchedule().WithUNet(UNetOptions.Tiny).WithDdim(25).Build();
    var recipe = new TrainingOptions
    {
        Steps = 300, BatchSize = 32, LearningRate = 4e-3, FinalLearningRate = 1e-4, WarmupSteps = 20, EmaDecay = 0.98,
    };
    small.Train(recipe, new ShapesReader().Read());
    small.Save(model);
}

using var diffusion = Diffusion.FromPretrained(model);
diffusion.SampleGrid(16, scale: 4).SavePng("samples.png");
Console.WriteLine($"See {Path.GetFullPath("samples.png")}; seed {diffusion.LastSeed} draws the same again.");
