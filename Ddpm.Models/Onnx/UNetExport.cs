using Ddpm.Networks;
using static TorchSharp.torch;

namespace Ddpm.Onnx;

/// <summary>A <see cref="UNet"/> as a graph of ONNX.</summary>
internal sealed class UNetExport
{
    private readonly UNet network;
    private readonly UNetOptions options;
    private readonly OnnxGraph graph;
    private readonly UNetLayers layers;
    private readonly string x, t;

    private UNetExport(UNet network, OnnxGraph graph)
    {
        (this.network, options, this.graph) = (network, network.Options, graph);
        layers = new(graph, options, network.state_dict());
        x = graph.Take(OnnxNames.X, OnnxType.Float, "N", options.Image.Channels, "H", "W");
        t = graph.Take(OnnxNames.T, OnnxType.Float, "N");
    }

    /// <summary>The graph; the network must live as long as it.</summary>
    internal static OnnxGraph Of(UNet network)
    {
        var graph = new OnnxGraph();
        try
        {
            new UNetExport(network, graph).Write();
            return graph;
        }
        catch
        {
            graph.Dispose();
            throw;
        }
    }

    private void Write()
    {
        var time = Time();
        var skips = new Stack<string>([layers.Convolution("conv_in", FirstInput())]);
        for (var level = 0; level < options.Levels; level++)
            Down(level, skips, time);
        var h = Middle(skips.Peek(), time);
        for (var level = options.Levels - 1; level >= 0; level--)
            h = Up(level, h, skips, time);
        h = layers.Activate("conv_act", layers.Norm("conv_norm_out", h), Activation.SiLU);
        h = layers.Convolution("conv_out", h);
        if (options.Time.Kind == TimeEmbeddingKind.Fourier)
            h = graph.Add("over_t", "Div", [h, graph.Add("t_image", "Reshape", [t, graph.Whole(-1, 1, 1, 1)])]);
        graph.Give(OnnxNames.Output, h, "N", options.OutputChannels ?? options.Image.Channels, "H", "W");
    }

    // What all blocks see of the time, [N, time width].
    private string Time()
    {
        var time = Embedding("time_embedding", Features("time_proj", t));
        var label = options.Labels?.Kind switch
        {
            LabelKind.Embedding => graph.Add(
                "class_embedding", "Gather", [layers.Weight("class_embedding.weight"), graph.Take(OnnxNames.Labels, OnnxType.Int64, "N")]),
            LabelKind.Timestep => Embedding("class_embedding", Features("class_proj", graph.Take(OnnxNames.Labels, OnnxType.Float, "N"))),
            LabelKind.Identity => graph.Take(OnnxNames.Embedding, OnnxType.Float, "N", options.TimeWidth),
            _ => null,
        };
        time = label is null ? time : graph.Add("time_and_class", "Add", [time, label]);
        return layers.Activate("time_act", time, options.Activation);
    }

    private string Embedding(string at, string features) =>
        layers.Linear($"{at}.linear_2", layers.Activate($"{at}.act", layers.Linear($"{at}.linear_1", features), Activation.SiLU));

    private string Features(string at, string numbers)
    {
        if (options.Time.Kind == TimeEmbeddingKind.Learned)
        {
            var row = graph.Add($"{at}.row", "Cast", [numbers], OnnxAttribute.Of("to", (long)OnnxType.Int64));
            return graph.Add(at, "Gather", [layers.Weight("time_proj.weight"), row]);
        }
        var column = graph.Add($"{at}.column", "Unsqueeze", [numbers, graph.Whole(1)]);
        string angles;
        if (options.Time.Kind == TimeEmbeddingKind.Fourier)
        {
            angles = graph.Add($"{at}.scaled", "Mul", [graph.Add($"{at}.log", "Log", [column]), layers.Weight("time_proj.weight")]);
            angles = graph.Add($"{at}.twice", "Mul", [angles, graph.Number(2)]);
            angles = graph.Add($"{at}.angles", "Mul", [angles, graph.Number(Math.PI)]);
        }
        else
        {
            var frequencies = graph.Constant(
                "time_frequencies", () => SinusoidalFeatures.Frequencies(options.TimeFeatures / 2, options.Time.FrequencyShift, device: null));
            angles = graph.Add($"{at}.angles", "Mul", [column, frequencies]);
        }
        string[] waves = [graph.Add($"{at}.sin", "Sin", [angles]), graph.Add($"{at}.cos", "Cos", [angles])];
        if (options.Time is { Kind: TimeEmbeddingKind.Sinusoidal, CosineFirst: true })
            waves = [waves[1], waves[0]];
        var all = graph.Add(at, "Concat", waves, OnnxAttribute.Of("axis", 1));
        return options.Time.Kind == TimeEmbeddingKind.Sinusoidal && options.TimeFeatures % 2 == 1
            ? graph.Add($"{at}.padded", "Pad", [all, graph.Whole(0, 0, 0, 1)])
            : all;
    }

    private string FirstInput()
    {
        var image = x;
        if (options.CenterInput)
            image = graph.Add("centered", "Sub", [graph.Add("doubled", "Mul", [x, graph.Number(2)]), graph.Number(1)]);
        var all = new List<string> { image };
        if (options.SelfConditioning)
            all.Add(graph.Take(OnnxNames.Estimate, OnnxType.Float, "N", options.Image.Channels, "H", "W"));
        if (options.ConditionChannels > 0)
            all.Add(graph.Take(OnnxNames.Image, OnnxType.Float, "N", options.ConditionChannels, "H", "W"));
        return all is [var only] ? only : graph.Add("first_input", "Concat", [.. all], OnnxAttribute.Of("axis", 1));
    }

    private void Down(int level, Stack<string> skips, string time)
    {
        var at = $"down_blocks.{level}";
        for (var i = 0; i < options.BlocksPerLevel; i++)
        {
            var h = layers.ResidualBlock($"{at}.resnets.{i}", skips.Peek(), time);
            skips.Push(options.DownAttention(level) ? Attention($"{at}.attentions.{i}", h, level, up: false) : h);
        }
        if (level == options.Levels - 1)
            return;
        var (down, last) = ($"{at}.downsamplers.0", skips.Peek());
        skips.Push(options.Downsample(level) switch
        {
            Resampling.Convolution => layers.Convolution(
                $"{down}.conv", last, stride: 2, padsAfterEnd: options.DownsamplePadding == DownsamplePadding.AfterEnd),
            Resampling.ResidualBlock => layers.ResidualBlock(down, last, time, layers.Halve),
            _ => layers.Halve(down, last),
        });
    }

    private string Middle(string h, string time)
    {
        var middle = options.Middle;
        if (!middle.Blocks)
            return h;
        h = layers.ResidualBlock("mid_block.resnets.0", h, time, scale: middle.Scale);
        if (middle.Attention)
            h = layers.Attention(
                "mid_block.attentions.0", h, options.HeadsOf(options.Width(options.Levels - 1), up: false), middle.NormGroups ?? options.Groups,
                middle.Scale);
        return layers.ResidualBlock("mid_block.resnets.1", h, time, scale: middle.Scale);
    }

    private string Up(int level, string h, Stack<string> skips, string time)
    {
        var at = $"up_blocks.{options.Levels - 1 - level}";
        for (var i = 0; i <= options.BlocksPerLevel; i++)
        {
            var joined = graph.Add($"{at}.joined.{i}", "Concat", [h, skips.Pop()], OnnxAttribute.Of("axis", 1));
            h = layers.ResidualBlock($"{at}.resnets.{i}", joined, time);
            h = options.UpAttention(level) ? Attention($"{at}.attentions.{i}", h, level, up: true) : h;
        }
        if (level == 0)
            return h;
        var up = $"{at}.upsamplers.0";
        return options.Upsample(level - 1) switch
        {
            Resampling.Convolution => layers.Convolution($"{up}.conv", layers.Double(up, h)),
            Resampling.ResidualBlock => layers.ResidualBlock(up, h, time, layers.Double),
            _ => layers.Double(up, h),
        };
    }

    private string Attention(string at, string h, int level, bool up) =>
        layers.Attention(at, h, options.HeadsOf(options.Width(level), up), options.Groups);
}
