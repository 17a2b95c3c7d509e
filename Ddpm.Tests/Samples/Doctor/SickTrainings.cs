using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Ddpm.Samples;
using Ddpm.Tests.Models.Preflight;

namespace Ddpm.Tests.Samples.Doctor;

/// <summary>Folders that a training wrote, in which something went wrong.</summary>
internal static class SickTrainings
{
    private static readonly string[] Names = ["round", "square"];

    // Of two states the model is the second's; an average that forgets fast is old enough at once.
    private static readonly TrainingOptions Recipe = new() { Steps = 4, BatchSize = 2, LearningRate = 1e-3, EmaDecay = 0.05, WarmupSteps = 0 };

    internal static IEnumerable<SickPatient> All =>
    [
        new("model-missing", folder =>
        {
            folder.File("loss.csv", "step,loss,held_out\n"u8);
            return Healthy.At(folder.Path);
        }),
        new("class-names-differ", folder => Trained(folder, path => Change(Path.Combine(path, "model/ddpm.json"), json =>
            json["class_names"] = new JsonArray("square", "round")))) { Says = "square" },
        new("data-classes-differ", folder =>
        {
            Directory.CreateDirectory(folder.File("data/round"));
            Directory.CreateDirectory(folder.File("data/triangle"));
            foreach (var i in Enumerable.Range(0, 12))
                Picture.Of(PreflightCase.Images(), i).SavePng(folder.File($"data/{(i % 2 == 0 ? "round" : "triangle")}/{i}.png"));
            return WithData(folder);
        }) { Says = "'square' is among the first 2" },
        new("data-classes-without-images", folder =>
        {
            Directory.CreateDirectory(folder.File("data/round"));
            Directory.CreateDirectory(folder.File("data/square"));
            foreach (var i in Enumerable.Range(0, 12))
                Picture.Of(PreflightCase.Images(), i).SavePng(folder.File($"data/round/{i}.png"));
            return WithData(folder);
        }) { Says = "1 'square'" },
        new("state-damaged", folder => Trained(folder, path => Damage(States(path)[0]))) { Says = "SHA-256" },
        new("state-damaged", folder => Trained(folder, path => Damage(States(path)[^1]))) { Says = "step-0000004" },
        new("no-whole-state", folder => Trained(folder, path => Array.ForEach(States(path), Damage))) { Says = "None of 2" },
        new("steps-skipped", folder => Trained(folder, path => Restate(path, json => json["skipped_steps"] = 3))) { Says = "3 of 4" },
        new("ema-too-young", folder => Trained(folder, options: Recipe with { Averages = [AverageProfile.Constant(0.999)] })) { Says = "99.6 %" },
        new("no-average", folder => Trained(folder, options: Recipe with { EmaDecay = 0 })),
        new("average-far-from-weights", folder => Trained(folder, path =>
        {
            var average = Path.Combine(States(path)[^1], "average-0.safetensors");
            var tensors = Patient.Read(average);
            TensorFile.Write(average, tensors.Select(named => KeyValuePair.Create(named.Key, 3 * named.Value)));
            File.Copy(average, Path.Combine(path, "model/model.safetensors"), overwrite: true);
            Rehash(States(path)[^1]);
        })) { Says = "away from them after 4 steps" },
        new("model-is-not-averaged", folder => Trained(folder, path =>
            File.Copy(Path.Combine(States(path)[^1], "weights.safetensors"), Path.Combine(path, "model/model.safetensors"), overwrite: true)))
            { Says = "step 4" },
        new("model-is-not-the-newest", folder => Trained(folder, path =>
            File.Copy(Path.Combine(States(path)[0], "average-0.safetensors"), Path.Combine(path, "model/model.safetensors"), overwrite: true)))
            { Says = "step 4" },
        new("loss-table-damaged", folder => Trained(folder, path => File.AppendAllText(Path.Combine(path, "loss.csv"), "5,hal"))) { Says = "Line 6" },
        new("loss-not-finite", folder => Trained(folder, path => File.AppendAllText(Path.Combine(path, "loss.csv"), "5,NaN,\n6,Infinity,\n")))
            { Says = "2 of 6" },
        new("loss-rising", folder => Trained(folder, path => Table(path, i => i < 300 ? 1 - 0.003 * i : 0.1 + 0.002 * (i - 300))))
            { Says = "0.451 in the last tenth" },
        new("held-out-loss-rising", folder => Trained(
            folder, path => Table(path, i => 1 - 0.002 * i, i => i < 200 ? 1.1 - 0.004 * i : 0.3 + 0.001 * (i - 200))))
            { Says = "at step 200" },
        new("leftovers", folder => Trained(folder, path => Directory.CreateDirectory(Path.Combine(path, "checkpoints/.writing"))))
            { Says = ".writing" },
        new("leftovers", folder => Trained(folder, path => File.WriteAllText(Path.Combine(path, "model/.0123.tmp"), ""))) { Says = ".0123.tmp" },
        new("disk-full", folder => Trained(folder, machine: Healthy.Machine with { Room = _ => 10_000 })) { Says = "0.0 MB are free" },
    ];

    /// <summary>What four steps wrote, spoiled.</summary>
    internal static Patient Trained(TemporaryFolder folder, Action<string>? spoil = null, TrainingOptions? options = null, Machine? machine = null)
    {
        var path = folder.File("run");
        var data = PreflightCase.Images(8, labels: [0, 1, 0, 1, 0, 1, 0, 1], names: Names);
        using (var model = Healthy.Model(Healthy.Builder.WithClasses(2, nullClass: false)))
        using (var recorder = new TrainingRecorder(model, path) { SaveEvery = 2, Pictures = 0 })
            model.Train((options ?? Recipe) with { IfTrained = WhenTrained.GoOn }, data, observers: [recorder]);
        spoil?.Invoke(path);
        return Healthy.At(path, machine);
    }

    private static Patient WithData(TemporaryFolder folder)
    {
        using var trained = Trained(folder);
        return new(trained.Path, Healthy.Machine, (path, _) => Diffusion.FromPretrained(path)) { Images = 0, Data = folder.File("data") };
    }

    private static string[] States(string path) => [.. Directory.GetDirectories(Path.Combine(path, "checkpoints")).Order(StringComparer.Ordinal)];

    private static void Damage(string state)
    {
        var file = Path.Combine(state, "weights.safetensors");
        var bytes = File.ReadAllBytes(file);
        bytes[^1] ^= 1;
        File.WriteAllBytes(file, bytes);
    }

    private static void Restate(string path, Action<JsonObject> change)
    {
        Change(Path.Combine(States(path)[^1], "state.json"), change);
        Rehash(States(path)[^1]);
    }

    private static void Change(string path, Action<JsonObject> change)
    {
        var json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        change(json);
        File.WriteAllText(path, json.ToJsonString());
    }

    private static void Rehash(string state) => File.WriteAllBytes(
        Path.Combine(state, CheckpointListing.Name),
        CheckpointListing.Of(Directory.GetFiles(state).Where(file => Path.GetFileName(file) != CheckpointListing.Name)
            .Select(file => (Path.GetFileName(file), Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)))))));

    private static void Table(string path, Func<int, double> loss, Func<int, double>? heldOut = null)
    {
        var text = new StringBuilder("step,loss,held_out\n");
        for (var i = 1; i <= 500; i++)
        {
            var held = heldOut is not null && i % 50 == 0 ? FormattableString.Invariant($"{heldOut(i):R}") : "";
            text.Append(FormattableString.Invariant($"{i},{Math.Max(0.05, loss(i)):R},{held}\n"));
        }
        File.WriteAllText(Path.Combine(path, "loss.csv"), text.ToString());
    }
}
