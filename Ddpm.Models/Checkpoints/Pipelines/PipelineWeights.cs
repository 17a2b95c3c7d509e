using Ddpm.Networks;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>A network's weights as a UNet2DModel has them: what that cannot leave out is added as weights that do the same.</summary>
internal static class PipelineWeights
{
    /// <returns>Names and tensors, which belong to the caller's dispose scope.</returns>
    internal static Dictionary<string, Tensor> Of(UNet network)
    {
        var options = network.Options;
        var weights = network.state_dict();
        for (var level = 0; level < options.Levels - 1; level++)
        {
            var (down, up) = ($"down_blocks.{level}.downsamplers.0.conv", $"up_blocks.{options.Levels - 2 - level}.upsamplers.0.conv");
            if (options.Downsample(level) == Resampling.Plain)
                Add(weights, down, MeanOfFour(options.Width(level), options.DownsamplePadding));
            if (options.Upsample(level) == Resampling.Plain)
                Add(weights, up, Identity(options.Width(level + 1)));
            else if (options.Upsample(level) == Resampling.Convolution && !options.UpsampleBias)
                weights[up + ".bias"] = zeros(options.Width(level + 1));
        }
        if (!options.OutputBias)
            weights["conv_out.bias"] = zeros(options.OutputChannels ?? options.Image.Channels);
        return weights;
    }

    private static void Add(Dictionary<string, Tensor> weights, string name, Tensor kernel) =>
        (weights[name + ".weight"], weights[name + ".bias"]) = (kernel, zeros(kernel.shape[0]));

    // A 3x3 kernel that takes a quarter of each of the 2x2 pixels: its lower right ones, or the upper left ones where nothing is padded before.
    private static Tensor MeanOfFour(int width, DownsamplePadding padding)
    {
        var quarter = zeros(3, 3);
        var first = padding == DownsamplePadding.BothSides ? 1 : 0;
        quarter.narrow(0, first, 2).narrow(1, first, 2).Fill(0.25);
        return eye(width).view(width, width, 1, 1) * quarter;
    }

    private static Tensor Identity(int width)
    {
        var one = zeros(3, 3);
        one[1, 1] = 1;
        return eye(width).view(width, width, 1, 1) * one;
    }
}
