using System.Text.Json.Nodes;
using Ddpm.Samples;
using Ddpm.Tests.Models.Preflight;
using static TorchSharp.torch;

namespace Ddpm.Tests.Samples.Doctor;

/// <summary>Models that cannot be opened, or whose parts do not belong together.</summary>
internal static class SickModels
{
    internal static IEnumerable<SickPatient> All =>
    [
        new("nothing-known-here", folder => Healthy.At(folder.Path)) { Says = "ddpm.json" },
        new("file-missing", folder => Healthy.At(folder.File("nowhere"))) { Says = "nowhere" },
        new("file-missing", folder =>
        {
            var path = Healthy.Saved(folder);
            File.Delete(Path.Combine(path, "model.safetensors"));
            return Healthy.At(path);
        }) { Says = "model.safetensors" },
        new("file-damaged", folder =>
        {
            var path = Healthy.Saved(folder);
            using (var file = File.OpenWrite(Path.Combine(path, "model.safetensors")))
                file.SetLength(file.Length - 1);
            return Healthy.At(path);
        }) { Says = "model.safetensors" },
        new("file-damaged", folder => Healthy.At(folder.File("text.pth", "neither a picture nor weights"u8))) { Says = "text.pth" },
        new("settings-needed", _ => Healthy.At(Recordings.At("layouts/guided-cifar10-like.pt"))),
        new("parts-do-not-fit", folder => Healthy.At(Healthy.Saved(folder, Healthy.Builder.WithSampler(new StraightSampler(TimestepSpacing.All)))))
            { Says = "StraightSampler" },
        new("cannot-open", folder => new Patient(folder.File("w", [1]), Healthy.Machine, (_, _) => throw new NotSupportedException("Why not.")))
            { Says = "Why not." },
        new("betas-out-of-range", folder => Schedule(folder, 0.1, 1.5, 0.2)) { Says = "beta 1 is" },
        new("betas-too-large", folder => Schedule(folder, [.. Enumerable.Repeat(0.9, 1000)])) { Says = "underflows" },
        new("zero-snr-epsilon", folder => Schedule(folder, [.. Enumerable.Repeat(0.02, 500), 1])) { Says = "epsilon" },
        new("variance-not-said", folder => Healthy.Described(folder, json => json["parameterization"]!["variance"] = "range")) { Says = "Range" },
        new("sampler-steps-out-of-range", folder => Healthy.Described(folder, json =>
            json["sampler"]!["spacing"] = new JsonObject { ["kind"] = "list", ["steps"] = new JsonArray(1000, 500, 0) })),
        new("sampler-steps-out-of-range", folder =>
            Healthy.Described(folder, json => json["sampler"]!["spacing"] = new JsonObject { ["kind"] = "uniform", ["count"] = 2000 })),
        new("class-count", folder => Healthy.Described(
            folder, json => json["class_names"] = new JsonArray("a", "b"), Healthy.Builder.WithClasses(3))),
        new("entries-ignored", folder =>
        {
            using (var model = Healthy.Model())
                model.SavePretrained(folder.Path);
            var path = folder.File("unet/config.json");
            var json = JsonNode.Parse(File.ReadAllText(path))!;
            json["surprise"] = 1;
            File.WriteAllText(path, json.ToJsonString());
            return Healthy.At(folder.Path);
        }) { Says = "surprise" },
        new("odd-model", folder => Healthy.Of(Odd(), folder)) { Says = "odd indeed" },
        new("weights-in-half-precision", folder =>
        {
            using var scope = NewDisposeScope();
            var model = Healthy.Model();
            var path = folder.File("half.safetensors");
            TensorFile.Write(path, model.Denoiser.Network!.state_dict().Select(named =>
                 KeyValuePair.Create(named.Key, named.Value.to(ScalarType.Float16))));
            return new(path, Healthy.Machine, (_, _) => model) { Images = 0 };
        }) { Says = "16 bits" },
        new("python-code-named", folder => OfFile(folder, Data.PickleBytes.Program(Data.PickleBytes.Dict(
            Data.PickleBytes.Text("w"), Data.PickleBytes.Tensor(0, [4], [1]),
            Data.PickleBytes.Text("x"), Data.PickleBytes.Call(Data.PickleBytes.Global("os", "system"), Data.PickleBytes.Text("touch hurt"))))))
            { Says = "os.system" },
        new("several-networks", folder => OfFile(folder, Data.PickleBytes.Program(Data.PickleBytes.Dict(
            Data.PickleBytes.Text("model"), TwoTensors, Data.PickleBytes.Text("ema"), TwoTensors)))) { Says = "'ema'" },
    ];

    private static byte[] TwoTensors => Data.PickleBytes.Dict(
        Data.PickleBytes.Text("v"), Data.PickleBytes.Tensor(0, [4], [1]), Data.PickleBytes.Text("w"), Data.PickleBytes.Tensor(0, [4], [1]));

    private static Patient OfFile(TemporaryFolder folder, byte[] pickle) => new(
        folder.File("weights.pth", Data.PytorchBytes.Zip(pickle)), Healthy.Machine, (_, _) => Healthy.Model()) { Images = 0 };

    private static Patient Schedule(TemporaryFolder folder, params double[] betas) => Healthy.Described(folder, json =>
        json["schedule"] = new JsonObject { ["kind"] = "tabulated", ["betas"] = new JsonArray([.. betas.Select(beta => JsonValue.Create(beta))]) });

    private static Diffusion Odd()
    {
        var model = Healthy.Model();
        return new(
            model.Process, model.Denoiser, model.Image, model.Sampler, model.Prediction, model.Levels, null, CPU, isOwned: true, isFresh: false)
            { Warnings = ["This is odd indeed."] };
    }
}
