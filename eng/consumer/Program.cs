using System.Runtime.CompilerServices;
using Ddpm;
using Ddpm.Training;
using TorchSharp;

var folder = Directory.CreateTempSubdirectory().FullName;
string In(string name) => Path.Combine(folder, name);
var data = new ShapesReader(count: 8).Read();
var recipe = new TrainingOptions { Steps = 2, BatchSize = 4 };
using var diffusion = new DiffusionBuilder().WithLinearSchedule(10, 0.01, 0.3).WithUNet(UNetOptions.Tiny).WithDdim(5).Build();
diffusion.Train(recipe, data);
using var images = diffusion.Sample(2, seed: 1);
PictureGrid.Grid(images, columns: 2).SavePng(In("grid.png"));
Expect(new FileInfo(In("grid.png")).Length > 0, "a picture");
Expect(diffusion.ParameterCount > 0, "weights");

// A pipeline's files are written entry by entry, without reflection.
diffusion.SavePretrained(In("pipeline"));
using var pipeline = Diffusion.FromPretrained(In("pipeline"), new() { Steps = 5 });
Expect(pipeline.ParameterCount == diffusion.ParameterCount, "the pipeline's weights");
Expect(Same(pipeline.Sample(2, new() { Seed = 1, Sampler = diffusion.Sampler }), images), "the pipeline's images");

// The descriptions of a saved diffusion and of a training are read and written by reflection: a trimmed program has enough of it, native AOT not.
if (RuntimeFeature.IsDynamicCodeSupported)
    SaveAndGoOn();
else
    TryToSave();
Directory.Delete(folder, recursive: true);
Console.WriteLine("package ok");

void SaveAndGoOn()
{
    diffusion.Save(In("own"));
    using var own = Diffusion.FromPretrained(In("own"));
    Expect(Same(own.Sample(2, seed: 1), images), "the saved images");
    Record(recipe, resume: null);
    Record(recipe with { Steps = 4 }, resume: In("run"));
}

void TryToSave()
{
    Expect(Refused(() => diffusion.Save(In("own"))) && !Directory.Exists(In("own")), "saving refused");
    Expect(Refused(() => Record(recipe, resume: null)), "recording refused");
}

void Record(TrainingOptions options, string? resume)
{
    using var fresh = new DiffusionBuilder().WithLinearSchedule(10, 0.01, 0.3).WithUNet(UNetOptions.Tiny).Build();
    using var recorder = new TrainingRecorder(fresh, In("run")) { Pictures = 0 };
    fresh.Train(options, data, observers: [recorder], resume: resume);
    Expect(File.ReadAllLines(In("run/loss.csv")).Length == 1 + options.Steps, $"losses of {options.Steps} steps");
}

static bool Same(torch.Tensor one, torch.Tensor other)
{
    using var difference = (one - other).abs().max();
    one.Dispose();
    return difference.item<float>() < 1e-4f;
}

static bool Refused(Action action)
{
    try
    {
        action();
        return false;
    }
    catch (PlatformNotSupportedException fault)
    {
        return fault.Message.Contains("native AOT");
    }
}

static void Expect(bool holds, string what)
{
    if (!holds)
        throw new InvalidOperationException("package not ok: " + what);
}
