using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ddpm.Tests.Models;

/// <summary>Every network that a UNet2DModel's config.json can describe is written back as one that describes the same.</summary>
public class UNetConfigTests
{
    [TestCase(0, 60), TestCase(60, 120), TestCase(120, 180), TestCase(180, 240)]
    public void ReadThenWriteThenRead_OfAnyConfiguration_GivesTheSameOptions(int from, int to)
    {
        using var folder = new TemporaryFolder();
        var tried = 0;
        for (var seed = from; seed < to; seed++)
        {
            var config = Random(seed).ToJsonString();
            UNetOptions options;
            try
            {
                options = Read(config);
            }
            catch (DataFormatException)
            {
                continue;               // a group count of 0 and the like
            }
            if (options.Faults().Any())
                continue;
            tried++;
            var written = folder.File("written.json");
            using (var stream = File.Create(written))
                JsonFile.To(UNetConfigWriter.Write(options))(stream);
            Assert.That(Text(UNetConfig.Read(PipelineConfig.Read(written), new())), Is.EqualTo(Text(options)), config);
        }
        Assert.That(tried, Is.GreaterThan((to - from) / 2), "most configurations must be possible ones");

        UNetOptions Read(string config)
        {
            var path = folder.File("config.json");
            File.WriteAllText(path, config);
            return UNetConfig.Read(PipelineConfig.Read(path), new());
        }
    }

    // The seen case, heads of one width on widths that it does not divide, among others of its kind.
    [TestCase(6), TestCase(8), TestCase(16), TestCase(null)]
    public void SavePretrained_OfHeadsOfOneWidth_IsReadBackToTheSameOutput(int? width)
    {
        using var folder = new TemporaryFolder();
        using var scope = TorchSharp.torch.NewDisposeScope();
        var options = UNetOptions.Tiny with { Channels = 16, HeadWidth = width, AttentionResolutions = [16, 8], UpAttentionResolutions = [8] };
        using var network = UNetTests.Randomised(options);
        network.eval();
        using var model = new DiffusionBuilder().WithDenoiser(network, options.Image).Build();
        model.SavePretrained(folder.Path);
        using var again = Diffusion.FromPretrained(folder.Path);
        var x = CosineNoise.Draw(1, 2, 3, 16, 16);
        var t = TorchSharp.torch.tensor((float[])[3, 500]);
        Expect.Same(again.Denoiser.Predict(x, t), network.Predict(x, t));
    }

    private static string Text(UNetOptions options) => JsonSerializer.Serialize(options, ModelDescription.Json);

    private static JsonObject Random(int seed)
    {
        var random = new Random(seed);
        var levels = random.Next(1, 5);
        var groups = Of(2, 4);
        int[] widths = [.. Enumerable.Range(0, levels).Select(_ => groups * random.Next(2, 7))];
        string[] down = [.. widths.Select(_ => Of("DownBlock2D", "AttnDownBlock2D", "ResnetDownsampleBlock2D", "UNetResDownBlock2D"))];
        string[] up = [.. widths.Select(_ => Of("UpBlock2D", "AttnUpBlock2D", "ResnetUpsampleBlock2D"))];
        var edge = 8 << random.Next(1, 3);
        var all = new JsonObject
        {
            ["block_out_channels"] = List(widths),
            ["down_block_types"] = List(down),
            ["up_block_types"] = List(up),
            ["norm_num_groups"] = groups,
            ["sample_size"] = random.Next(3) switch { 0 => null, 1 => edge, _ => List([edge, 2 * edge]) },
        };
        Perhaps("in_channels", 1, 3, 4);
        Perhaps("out_channels", 3, 6);
        Perhaps("center_input_sample", true, false);
        Perhaps("layers_per_block", 1, 2, 3);
        Perhaps("downsample_type", "conv", "resnet", null);
        Perhaps("upsample_type", "conv", "resnet", null);
        Perhaps("downsample_padding", 0, 1);
        Perhaps("time_embedding_type", "positional", "fourier", "learned");
        Perhaps("num_train_timesteps", 50, 1000);
        Perhaps("time_embedding_dim", 24, 40, null);
        Perhaps("flip_sin_to_cos", true, false);
        Perhaps("freq_shift", 0, 1, 0.5);
        Perhaps("act_fn", "silu", "swish", "mish", "gelu", "relu", "SiLU");
        all["attention_head_dim"] = Of<JsonNode?>(1, 2, 3, 4, 6, null);
        Perhaps("norm_eps", 1e-6, 1e-5, 0.03);
        Perhaps("attn_norm_num_groups", groups, 2, 1, null);
        Perhaps("resnet_time_scale_shift", "default", "scale_shift");
        Perhaps("mid_block_type", "UNetMidBlock2D", null);
        Perhaps("add_attention", true, false);
        Perhaps("mid_block_scale_factor", 1, 1.4142135623730951);
        Perhaps("class_embed_type", "timestep", "identity", null);
        Perhaps("num_class_embeds", 5, null);
        Perhaps("dropout", 0, 0.1);
        return all;

        T Of<T>(params T[] choices) => choices[random.Next(choices.Length)];

        // Half of the fields are left to their defaults.
        void Perhaps(string name, params JsonNode?[] choices)
        {
            var chosen = Of(choices);
            if (random.Next(2) == 0)
                all[name] = chosen?.DeepClone();
        }

        static JsonArray List<T>(IEnumerable<T> items) => [.. items.Select(item => JsonValue.Create(item))];
    }
}
