using System.Text.Json;
using Ddpm.Tests.Models.Compiled;
using Ddpm.Tests.Models.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models;

/// <summary>Pipeline folders that diffusers wrote, with what it computes from them (Golden/pipelines).</summary>
public class PipelinesTests
{
    private const string IndexFile = "pipelines/summary.json";

    private static IEnumerable<TestCaseData> Names => Recordings.Cases(IndexFile, () => All);

    internal static IEnumerable<TestCaseData> NamesWithImages => Recordings.Cases(
        IndexFile, () => All.Where(name => Call(name).Find("steps") is not null && Recordings.Has(Expected(name))
            && Recordings.Tensors(Expected(name)).Contains("images")));

    private static IEnumerable<string> All => Recordings.Index(IndexFile).EnumerateObject().Select(entry => entry.Name);

    private static string Expected(string name) => $"pipelines/{name}/expected.safetensors";

    private static JsonElement Call(string name) => Recordings.Index(IndexFile).GetProperty(name);

    internal static Diffusion Open(string name) => Diffusion.FromPretrained(Recordings.At($"pipelines/{name}"), new()
    {
        Steps = Call(name).FindInteger("steps"),
        Eta = Call(name).FindNumber("eta"),
        UseClippedOutput = Call(name).Says("use_clipped_model_output"),
    });

    private static void IsRecorded(Diffusion model, string name)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var recorded = Recordings.Tensors(Expected(name)).Dictionaries[0];
        var (x, t) = (recorded.Read("x"), recorded.Read("t").to(ScalarType.Float32));
        var labels = recorded.Contains("labels") ? recorded.Read("labels") : null;
        // float32 against another version of the same library: 1e-5 of the largest value.
        Expect.RelativelyClose(model.Denoiser.Predict(x, t, labels), recorded.Read("y"), 1e-5);
        Twin.IsRecorded(model.Denoiser, x, t, labels, recorded.Read("y"));
        Exported.IsRecorded(model.Denoiser, x, t, labels, recorded.Read("y"));
    }

    [TestCaseSource(nameof(Names))]
    public void Predict_IsDiffusers(string name)
    {
        using var model = Open(name);
        Assert.That(model.ParameterCount, Is.EqualTo(Call(name).GetProperty("parameters").GetInt64()));
        IsRecorded(model, name);
    }

    [TestCaseSource(nameof(NamesWithImages))]
    public void Sample_WithDiffusersSeeds_GivesItsImages(string name)
    {
        using var scope = NewDisposeScope();
        using var model = Open(name);
        var seeds = Call(name).Find("seeds")?.Integers() ?? [11, 12];       // one a sample; the first alone for all
        using Generator one = new((ulong)seeds[0]);
        var images = Recordings.Read(Expected(name), "images");
        // 1e-3 in images of 0..1: float32 differences grow along a chain.
        Expect.Close(Images(new GeneratorNoise(one)), images, 1e-3);
        var each = seeds.Select(seed => new Generator((ulong)seed)).ToArray();
        Expect.Close(Images(new GeneratorNoise(each)), Recordings.Read(Expected(name), "images_by_generator_list"), 1e-3);
        foreach (var generator in each)
            generator.Dispose();

        Tensor Images(INoiseSource noise) =>
            (model.Sample((int)images.shape[0], new() { Seed = 0, Noise = noise }) / 2 + 0.5).clamp(0, 1).permute(0, 2, 3, 1);
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
            Assert.That(File.ReadAllBytes(Path.Combine(twice.Path, Path.GetRelativePath(folder.Path, file))),
                Is.EqualTo(File.ReadAllBytes(file)), file);
    }

    // The configurations of two published models, without their weights.
    [TestCase("[128, 256, 256, 256]", "D A D D", "U U A U", 32, 35_746_307)]
    [TestCase("[128, 128, 256, 256, 512, 512]", "D D D D A D", "U A U U U U", 256, 113_673_219)]
    public void Config_OfAPublishedModel_HasItsNumberOfParameters(string widths, string down, string up, int size, long parameters)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("config.json");
        File.WriteAllText(path, $$"""
            {
              "_class_name": "UNet2DModel", "block_out_channels": {{widths}}, "sample_size": {{size}}, "attention_head_dim": null,
              "downsample_padding": 0, "flip_sin_to_cos": false, "freq_shift": 1, "norm_eps": 1e-06,
              "down_block_types": [{{Blocks(down, "D", "Down")}}], "up_block_types": [{{Blocks(up, "U", "Up")}}]
            }
            """);
        using var network = new UNet(UNetConfig.Read(PipelineConfig.Read(path), new()), META);
        Assert.That(network.parameters().Sum(parameter => parameter.numel()), Is.EqualTo(parameters));

        static string Blocks(string text, string plain, string way) =>
            string.Join(", ", text.Split(' ').Select(block => block == plain ? $"\"{way}Block2D\"" : $"\"Attn{way}Block2D\""));
    }

    // What to put into a good folder's description, and what the refusal must name.
    [TestCase("unet/config.json", "\"act_fn\": \"silu\"", "\"act_fn\": \"tanh\"", "act_fn", "tanh")]
    [TestCase("unet/config.json", "\"act_fn\": \"silu\"", "\"act_fn\": 7", "act_fn", "7")]
    [TestCase("unet/config.json", "\"AttnDownBlock2D\"", "\"SkipDownBlock2D\"", "down_block_types", "SkipDownBlock2D")]
    [TestCase("unet/config.json", "\"AttnUpBlock2D\",", "", "up_block_types", "3 blocks")]
    [TestCase("unet/config.json", "\"UNetMidBlock2D\"", "\"UNetMidBlock2DCrossAttn\"", "mid_block_type", "CrossAttn")]
    [TestCase("unet/config.json", "\"downsample_padding\": 1", "\"downsample_padding\": 2", "downsample_padding", "0 or 1")]
    [TestCase("unet/config.json", "\"UNet2DModel\"", "\"UNet2DConditionModel\"", "_class_name", "UNet2DConditionModel")]
    [TestCase("unet/config.json", "\"norm_num_groups\": 8", "\"norm_num_groups\": 5", "groups", "5 does not divide")]
    [TestCase("unet/config.json", "\"layers_per_block\": 2", "\"layers_per_block\": 3", "missing", "resnets.2")]
    [TestCase("unet/config.json", "\"layers_per_block\": 2", "\"layers_per_block\": 2000000000", "blocks per level", "2000000000")]
    [TestCase("unet/config.json", "\"time_embedding_type\": \"positional\"", "\"time_embedding_type\": \"learned\"", "num_train_timesteps", "null")]
    [TestCase("unet/config.json", "{", "[", "JSON", "config.json")]
    [TestCase("scheduler/scheduler_config.json", "\"DDPMScheduler\"", "\"KarrasVeScheduler\"", "_class_name", "KarrasVeScheduler")]
    [TestCase("scheduler/scheduler_config.json", "\"beta_schedule\": \"linear\"", "\"beta_schedule\": \"cubic\"", "beta_schedule", "cubic")]
    [TestCase("scheduler/scheduler_config.json", "\"num_train_timesteps\": 1000", "\"num_train_timesteps\": 0", "Steps", "0")]
    [TestCase("model_index.json", "\"DDPMPipeline\"", "\"LDMPipeline\"", "_class_name", "LDMPipeline")]
    [TestCase("model_index.json", "\"UNet2DModel\"", "\"UNetModel\"", "unet", "2022")]
    public void FromPretrained_OfAChangedFolder_NamesFileFieldAndValue(string file, string old, string changed, string field, string value)
    {
        using var folder = new TemporaryFolder();
        WritePipeline(folder);
        var path = folder.File(file);
        var text = File.ReadAllText(path);
        var at = text.IndexOf(old, StringComparison.Ordinal);
        Assert.That(at, Is.GreaterThanOrEqualTo(0), "the test's own edit");
        File.WriteAllText(path, text[..at] + changed + text[(at + old.Length)..]);
        Assert.That(() => Diffusion.FromPretrained(folder.Path),
            Throws.TypeOf<DataFormatException>().With.Message.Contains(field).And.Message.Contains(value));
    }

    [Test]
    public void FromPretrained_TellsWhatItIgnores()
    {
        using var folder = new TemporaryFolder();
        WritePipeline(folder);
        var config = folder.File("unet/config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("\"act_fn\"", "\"wings\": 2, \"act_fn\"", StringComparison.Ordinal));
        var weights = folder.File("unet/diffusion_pytorch_model.safetensors");
        using (NewDisposeScope())
        {
            Dictionary<string, Tensor> state;
            using (var file = SafetensorsFile.Open(weights))
                state = file.Dictionaries[0].Entries.ToDictionary(entry => entry.Name, entry => file.Dictionaries[0].Read(entry.Name));
            state["feather"] = zeros(1);
            SafetensorsWriter.Write(weights, state);
        }
        var told = new List<string>();
        using var model = Diffusion.FromPretrained(folder.Path, new() { Warnings = new Direct<string>(told.Add) });
        Assert.That(told, Has.Count.EqualTo(2));
        Assert.That(told, Has.Some.Contains("wings").And.Some.Contains("feather"));
        // Another size than the folder's is a wish that is heard, not an entry of the folder that says nothing.
        told.Clear();
        using var larger = Diffusion.FromPretrained(folder.Path, new() { ImageSize = (48, 32), Warnings = new Direct<string>(told.Add) });
        Assert.That((larger.Image.Height, larger.Image.Width, told.Count), Is.EqualTo((48, 32, 2)));
    }

    [Test]
    public void FromPretrained_OfAVariant_IsThatFile()
    {
        using var folder = new TemporaryFolder();
        WritePipeline(folder);
        File.Move(folder.File("unet/diffusion_pytorch_model.safetensors"), folder.File("unet/diffusion_pytorch_model.half.safetensors"));
        using var model = Diffusion.FromPretrained(folder.Path, new() { Variant = "half" });
        using (var weights = SafetensorsFile.Open(folder.File("unet/diffusion_pytorch_model.half.safetensors")))
        using (var first = weights.Read("conv_in.weight"))
            Expect.Same(((UNet)model.Denoiser).state_dict()["conv_in.weight"], first);
        Assert.That(() => Diffusion.FromPretrained(folder.Path),
            Throws.TypeOf<FileNotFoundException>().With.Message.Contains("diffusion_pytorch_model.safetensors"));
        Assert.That(() => Diffusion.FromPretrained(folder.Path, new() { Variant = "../half" }),
            Throws.InstanceOf<IOException>().With.Message.Contains("../half"));
    }

    [Test]
    public void FromPretrained_OfAHostileIndex_StaysInItsFolder()
    {
        using var folder = new TemporaryFolder();
        WritePipeline(folder);
        File.Move(folder.File("unet/diffusion_pytorch_model.safetensors"), folder.File("unet/diffusion_pytorch_model-00001-of-00005.safetensors"));
        var index = folder.File("unet/diffusion_pytorch_model.safetensors.index.json");
        foreach (var (content, rule) in new[]
        {
            ("{\"weight_map\": {\"conv_in.weight\": \"../diffusion_pytorch_model-00001-of-00005.safetensors\"}}", "beside the index"),
            ("{\"weight_map\": {\"conv_in.weight\": \"/etc/hostname\"}}", "beside the index"),
            ("{\"weight_map\": {\"a\": \"diffusion_pytorch_model-00001-of-00005.safetensors\"}}", "'a' must be in"),
            ("{\"weight_map\": {\"a\": 1}}", "weight_map"),
            ("{\"weight_map\": {\"a\": \"x\", \"a\": \"x\"}}", "weight_map"),
            ("{}", "weight_map"),
            ("[]", "weight_map"),
        })
        {
            File.WriteAllText(index, content);
            Assert.That(() => Diffusion.FromPretrained(folder.Path), Throws.TypeOf<DataFormatException>().With.Message.Contains(rule), content);
        }
    }

    // A sound folder with what the tests change; its weights need not be those of any recording.
    private static void WritePipeline(TemporaryFolder folder)
    {
        var options = UNetOptions.Tiny with
        {
            Channels = 16, Multipliers = [1, 1, 2], BlocksPerLevel = 2, HeadWidth = 8, DownsamplePadding = DownsamplePadding.BothSides,
        };
        using var model = new DiffusionBuilder().WithUNet(options).WithAncestralSampler(AncestralVariance.FixedSmall).Build();
        model.SavePretrained(folder.Path);
    }
}
