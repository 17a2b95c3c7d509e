using Ddpm;
using TorchSharp;

using var diffusion = new DiffusionBuilder().WithLinearSchedule(10, 0.01, 0.3).WithUNet(UNetOptions.Tiny).WithDdim(5).Build();
diffusion.Train(new TrainingOptions { Steps = 2, BatchSize = 4 }, new ShapesReader(count: 8).Read());
using var images = diffusion.Sample(2, seed: 1);
var folder = Directory.CreateTempSubdirectory().FullName;
PictureGrid.Grid(images, columns: 2).SavePng(Path.Combine(folder, "grid.png"));

// Both descriptions are written and read by reflection, which a trimmed application has little of.
diffusion.Save(Path.Combine(folder, "own"));
diffusion.SavePretrained(Path.Combine(folder, "pipeline"));
using var own = Diffusion.FromPretrained(Path.Combine(folder, "own"));
using var pipeline = Diffusion.FromPretrained(Path.Combine(folder, "pipeline"), new() { Steps = 5 });
using var again = own.Sample(2, seed: 1);
using var difference = (again - images).abs().max();
var isSame = difference.item<float>() == 0 && pipeline.ParameterCount == diffusion.ParameterCount && diffusion.ParameterCount > 0;
Console.WriteLine(new FileInfo(Path.Combine(folder, "grid.png")).Length > 0 && isSame ? "package ok" : "package not ok");
Directory.Delete(folder, recursive: true);
return isSame ? 0 : 1;
