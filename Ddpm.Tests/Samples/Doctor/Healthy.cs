using System.Text.Json.Nodes;
using Ddpm.Samples;
using Ddpm.Tests.Models.Preflight;
using static TorchSharp.torch;

namespace Ddpm.Tests.Samples.Doctor;

/// <summary>Models and machines that nothing is wrong with, to be spoiled in one way at a time.</summary>
internal static class Healthy
{
    internal static Machine Machine => new()
    {
        Threads = 2, Processors = 2, Memory = 64e9, OneDnnIsOn = true, Room = _ => long.MaxValue,
    };

    internal static DiffusionBuilder Builder => new DiffusionBuilder().WithUNet(PreflightCase.Small).WithLinearSchedule();

    /// <summary>A model whose weights are all moved, as by training.</summary>
    internal static Diffusion Model(DiffusionBuilder? builder = null)
    {
        var model = (builder ?? Builder).Build();
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var generator = new Generator(7, CPU);
        foreach (var parameter in model.Denoiser.Network!.parameters())
            parameter.add_(0.01 * randn(parameter.shape, generator: generator));
        return model;
    }

    /// <summary>The patient that a model in memory is; no images are drawn.</summary>
    internal static Patient Of(Diffusion model, TemporaryFolder folder, Machine? machine = null) =>
        new(folder.Path, machine ?? Machine, (_, _) => model) { Images = 0 };

    internal static Patient Of(DiffusionBuilder builder, TemporaryFolder folder) => Of(Model(builder), folder);

    /// <summary>The patient that a folder or a file is.</summary>
    internal static Patient At(string path, Machine? machine = null) => new(
        path, machine ?? Machine, (model, odd) => Diffusion.FromPretrained(model, new() { Warnings = odd })) { Images = 0 };

    /// <summary>A healthy model in a folder of the folder.</summary>
    internal static string Saved(TemporaryFolder folder, DiffusionBuilder? builder = null)
    {
        using var model = Model(builder);
        model.Save(folder.File("saved"));
        return folder.File("saved");
    }

    /// <summary>A saved model whose description was changed.</summary>
    internal static Patient Described(TemporaryFolder folder, Action<JsonObject> change, DiffusionBuilder? builder = null)
    {
        var path = Saved(folder, builder);
        var description = Path.Combine(path, "ddpm.json");
        var json = JsonNode.Parse(File.ReadAllText(description))!.AsObject();
        change(json);
        File.WriteAllText(description, json.ToJsonString());
        return At(path);
    }

    internal static string[] Ids(Patient patient)
    {
        using (patient)
            return [.. Checks.Of(patient, CancellationToken.None).Select(finding => finding.Id)];
    }
}
