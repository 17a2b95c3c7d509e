using Ddpm.Networks;
using static TorchSharp.torch;

namespace Ddpm.Onnx;

/// <summary>The layers of a <see cref="UNet"/> as nodes of ONNX. Each takes the names of what it is given, and gives that of its result.</summary>
/// <param name="graph">Where the nodes go.</param>
/// <param name="options">The network's.</param>
/// <param name="weights">The network's, by name.</param>
internal sealed class UNetLayers(OnnxGraph graph, UNetOptions options, IReadOnlyDictionary<string, Tensor> weights)
{
    /// <summary>Norm, activation, convolution; the time; norm, activation, convolution; plus a shortcut.</summary>
    /// <param name="at">The block's name.</param>
    /// <param name="x">[N, C, H, W].</param>
    /// <param name="time">[N, time width].</param>
    /// <param name="resample">Applied to both branches after the first activation; null: the size stays.</param>
    /// <param name="scale">The sum of both branches is divided by this.</param>
    internal string ResidualBlock(string at, string x, string time, Func<string, string, string>? resample = null, double scale = 1)
    {
        var h = Activate($"{at}.act1", Norm($"{at}.norm1", x), options.Activation);
        if (resample is not null)
            (x, h) = (resample($"{at}.resample_x", x), resample($"{at}.resample", h));
        h = Convolution($"{at}.conv1", h);
        var told = graph.Add($"{at}.told", "Unsqueeze", [Linear($"{at}.time_emb_proj", time), graph.Whole(2, 3)]);
        if (options.ScaleShift)
        {
            var width = weights[$"{at}.conv1.weight"].shape[0];
            var parts = graph.Add($"{at}.parts", "Split", [told, graph.Whole(width, width)], results: 2, OnnxAttribute.Of("axis", 1));
            var scaled = graph.Add($"{at}.scale", "Add", [parts[0], graph.Number(1)]);
            h = graph.Add($"{at}.scaled", "Mul", [Norm($"{at}.norm2", h), scaled]);
            h = graph.Add($"{at}.shifted", "Add", [h, parts[1]]);
        }
        else
            h = Norm($"{at}.norm2", graph.Add($"{at}.timed", "Add", [h, told]));
        h = Convolution($"{at}.conv2", Activate($"{at}.act2", h, options.Activation));
        var shortcut = weights.ContainsKey($"{at}.conv_shortcut.weight") ? Convolution($"{at}.conv_shortcut", x, pads: 0) : x;
        return Divide($"{at}.output", graph.Add($"{at}.sum", "Add", [shortcut, h]), scale);
    }

    /// <summary>Self-attention over the pixels, added to its input.</summary>
    /// <param name="at">The block's name.</param>
    /// <param name="x">[N, C, H, W].</param>
    /// <param name="heads">≥ 1.</param>
    /// <param name="groups">Of the norm; 0: none.</param>
    /// <param name="scale">The sum of input and result is divided by this.</param>
    internal string Attention(string at, string x, int heads, int groups, double scale = 1)
    {
        var width = weights[$"{at}.to_q.weight"].shape[0] / heads;
        var h = groups == 0 ? x : Norm($"{at}.group_norm", x, groups);
        var asked = PixelLayer($"{at}.to_q", h);
        // [N, heads, width of a head, pixels]
        var query = Heads(asked, "query");
        var key = Heads(PixelLayer($"{at}.to_k", h), "key");
        var value = Heads(PixelLayer($"{at}.to_v", h), "value");
        var scores = graph.Add($"{at}.scores", "MatMul", [Turn("query_pixels", query), key]);
        scores = graph.Add($"{at}.scaled", "Mul", [scores, graph.Number(1 / Math.Sqrt(width))]);
        var shares = graph.Add($"{at}.shares", "Softmax", [scores], OnnxAttribute.Of("axis", -1));
        var mixed = graph.Add($"{at}.mixed", "MatMul", [shares, Turn("value_pixels", value)]);
        mixed = graph.Add($"{at}.image", "Reshape", [Turn("mixed_channels", mixed), graph.Add($"{at}.shape", "Shape", [asked])]);
        return Divide($"{at}.output", graph.Add($"{at}.sum", "Add", [x, PixelLayer($"{at}.to_out.0", mixed)]), scale);

        string Heads(string from, string name) => graph.Add($"{at}.{name}", "Reshape", [from, graph.Whole(0, heads, width, -1)]);

        string Turn(string name, string from) => graph.Add($"{at}.{name}", "Transpose", [from], OnnxAttribute.Of("perm", [0, 1, 3, 2]));
    }

    /// <summary>Group normalisation, with a weight and a bias a channel.</summary>
    internal string Norm(string at, string x, int? groups = null)
    {
        // As an instance normalisation of images that have a channel a group: the operator of its own is younger.
        var count = groups ?? options.Groups;
        var grouped = graph.Add($"{at}.grouped", "Reshape", [x, graph.Whole(0, count, -1)]);
        var one = graph.Constant($"ones[{count}]", () => ones(count));
        var zero = graph.Constant($"zeros[{count}]", () => zeros(count));
        var normal = graph.Add(
            $"{at}.normalized", "InstanceNormalization", [grouped, one, zero], OnnxAttribute.Of("epsilon", options.NormEpsilon));
        var image = graph.Add($"{at}.image", "Reshape", [normal, graph.Add($"{at}.shape", "Shape", [x])]);
        var scaled = graph.Add($"{at}.scaled", "Mul", [image, PerChannel($"{at}.weight")]);
        return graph.Add($"{at}.output", "Add", [scaled, PerChannel($"{at}.bias")]);
    }

    /// <summary>A convolution of the network.</summary>
    /// <param name="at">Its name.</param>
    /// <param name="x">[N, C, H, W].</param>
    /// <param name="stride">In both directions.</param>
    /// <param name="pads">Rows and columns of zeros on every side.</param>
    /// <param name="padsAfterEnd">Whether they stand below and to the right alone.</param>
    internal string Convolution(string at, string x, int stride = 1, int pads = 1, bool padsAfterEnd = false)
    {
        string[] parts = [x, Weight($"{at}.weight"), .. weights.ContainsKey($"{at}.bias") ? [Weight($"{at}.bias")] : Array.Empty<string>()];
        long before = padsAfterEnd ? 0 : pads;
        return graph.Add(
            at, "Conv", parts, OnnxAttribute.Of("strides", [stride, stride]), OnnxAttribute.Of("pads", [before, before, pads, pads]));
    }

    /// <summary>A linear layer of [N, C].</summary>
    internal string Linear(string at, string x) =>
        graph.Add(at, "Gemm", [x, Weight($"{at}.weight"), Weight($"{at}.bias")], OnnxAttribute.Of("transB", 1));

    internal string Activate(string at, string x, Activation activation) => activation switch
    {
        Activation.SiLU => graph.Add(at, "Mul", [x, graph.Add($"{at}.sigmoid", "Sigmoid", [x])]),
        Activation.Mish => graph.Add(at, "Mul", [x, graph.Add($"{at}.tanh", "Tanh", [graph.Add($"{at}.softplus", "Softplus", [x])])]),
        Activation.Gelu => Gelu(at, x),
        _ => graph.Add(at, "Relu", [x]),
    };

    /// <summary>The mean of every 2x2 pixels.</summary>
    internal string Halve(string at, string x) =>
        graph.Add(at, "AveragePool", [x], OnnxAttribute.Of("kernel_shape", [2, 2]), OnnxAttribute.Of("strides", [2, 2]));

    /// <summary>Every pixel four times.</summary>
    internal string Double(string at, string x)
    {
        var twice = graph.Constant("twice", () => tensor((float[])[1, 1, 2, 2]));
        return graph.Add(
            at, "Resize", [x, "", twice], OnnxAttribute.Of("mode", "nearest"), OnnxAttribute.Of("nearest_mode", "floor"),
            OnnxAttribute.Of("coordinate_transformation_mode", "asymmetric"));
    }

    internal string Weight(string name, long[]? shape = null) => graph.Weights(name, weights[name], shape);

    private string PerChannel(string name) => Weight(name, [weights[name].shape[0], 1, 1]);

    // A linear layer for every pixel is a convolution of one by one.
    private string PixelLayer(string at, string x) => graph.Add(
        at, "Conv", [x, Weight($"{at}.weight", [.. weights[$"{at}.weight"].shape, 1, 1]), Weight($"{at}.bias")]);

    private string Gelu(string at, string x)
    {
        var erf = graph.Add($"{at}.erf", "Erf", [graph.Add($"{at}.scaled", "Mul", [x, graph.Number(Math.Sqrt(0.5))])]);
        var half = graph.Add($"{at}.half", "Mul", [x, graph.Number(0.5)]);
        return graph.Add(at, "Mul", [half, graph.Add($"{at}.phi", "Add", [erf, graph.Number(1)])]);
    }

    private string Divide(string at, string x, double by) => by == 1 ? x : graph.Add(at, "Div", [x, graph.Number(by)]);
}
