using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models;

/// <summary>Pipeline folders that diffusers wrote, with what it computes from them (Golden/pipelines).</summary>
public class PipelinesTests
{
    private static readonly JsonElement Summary = JsonDocument.Parse(File.ReadAllBytes(Shared.Golden("pipelines/summary.json"))).RootElement;

    private static IEnumerable<string> Names => Summary.EnumerateObject().Select(entry => entry.Name);

    private static IEnumerable<string> NamesWithImages => Names.Where(name => Summary.GetProperty(name).GetProperty("steps").ValueKind == JsonValueKind.Number);

    private static Diffusion Open(string name)
    {
        var call = Summary.GetProperty(name);
        return Diffusion.FromPretrained(Shared.Golden($"pipelines/{name}"), new()
        {
            Steps = call.GetProperty("steps").ValueKind == JsonValueKind.Number ? call.GetProperty("steps").GetInt32() : null,
            Eta = call.GetProperty("eta").ValueKind == JsonValueKind.Number ? call.GetProperty("eta").GetDouble() : null,
        });
    }

    private static double IsRecorded(Diffusion model, string name)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var file = SafetensorsFile.Open(Shared.Golden($"pipelines/{name}/expected.safetensors"));
        var recorded = file.Dictionaries[0];
        var y = model.Denoiser.Predict(recorded.Read("x"), recorded.Read("t").to(ScalarType.Float32), recorded.Contains("labels") ? recorded.Read("labels") : null);
        // float32 against another version of the same library: 1e-5 of the largest value.
        return Expect.RelativelyClose(y, recorded.Read("y"), 1e-5);
    }

    [TestCaseSource(nameof(Names))]
    public void Predict_IsDiffusers(string name)
    {
        using var model = Open(name);
        Assert.That(model.ParameterCount, Is.EqualTo(Summary.GetProperty(name).GetProperty("parameters").GetInt64()));
        IsRecorded(model, name);
    }

    [TestCaseSource(nameof(NamesWithImages))]
    public void Sample_WithDiffusersSeeds_GivesItsImages(string name)
    {
        using var scope = NewDisposeScope();
        using var model = Open(name);
        using var file = SafetensorsFile.Open(Shared.Golden($"pipelines/{name}/expected.safetensors"));
        using Generator one = new(11), first = new(11), second = new(12);
        // 1e-3 in images of 0..1: float32 differences grow along a chain.
        Expect.Close(Images(new GeneratorNoise(one)), file.Dictionaries[0].Read("images"), 1e-3);
        Expect.Close(Images(new GeneratorNoise(first, second)), file.Dictionaries[0].Read("images_by_generator_list"), 1e-3);

        Tensor Images(INoiseSource noise) => (model.Sample(2, new() { Noise = noise }) / 2 + 0.5).clamp(0, 1).permute(0, 2, 3, 1);
    }

    [TestCaseSource(nameof(Names))]
    public void SavePretrained_ReadBack_PredictsTheSame(string name)
    {
        using var folder = new TemporaryFolder();
        using (var model = Open(name))
            model.SavePretrained(folder.Path);
        using var again = Diffusion.FromPretrained(folder.Path);
        IsRecorded(again, name);

        // Saving what was read changes no byte.
        using var twice = new TemporaryFolder();
        again.SavePretrained(twice.Path);
        foreach (var file in Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories))
            Assert.That(File.ReadAllBytes(Path.Combine(twice.Path, Path.GetRelativePath(folder.Path, file))), Is.EqualTo(File.ReadAllBytes(file)), file);
    }
}
