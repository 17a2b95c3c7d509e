using Ddpm;

using var diffusion = new DiffusionBuilder().WithLinearSchedule(10, 0.01, 0.3).WithUNet(UNetOptions.Tiny).Build();
diffusion.Train(new TrainingOptions { Steps = 2, BatchSize = 4 }, new ShapesReader(count: 8).Read());
using var images = diffusion.Sample(2);
var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.png");
PictureGrid.Grid(images, columns: 2).SavePng(file);
Console.WriteLine(new FileInfo(file).Length > 0 ? "package ok" : "empty picture");
File.Delete(file);
