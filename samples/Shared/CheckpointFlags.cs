using System.CommandLine;
using TorchSharp;

namespace Ddpm.Samples;

/// <summary>
/// --weights and what a checkpoint may not say itself: for folders of this library or of diffusers, and files of any layout that it knows.
/// </summary>
internal sealed class CheckpointFlags
{
    private readonly Option<string?> network = new Option<string?>("--network")
    {
        Description = "For a file that does not say how its network is made: paper, reference, small or tiny.",
    }.AcceptOnlyFromAmong("paper", "reference", "small", "tiny");
    private readonly Option<string?> key = new("--key") { Description = "Which dictionary of a nested .pth holds the weights." };
    private readonly Option<string?> variant = new("--variant") { Description = "A variant of a pipeline's weights, such as fp16." };
    private readonly Option<(int Height, int Width)?> size = CommonOptions.OptionalSize("Images, where the checkpoint does not say.");
    private readonly Option<int?> groups = new("--groups") { Description = "Groups of the norms." };
    private readonly Option<double?> epsilon = new("--norm_eps") { Description = "Epsilon of the norms." };
    private readonly Option<int?> heads = new("--heads") { Description = "Attention heads of a guided-diffusion network." };
    private readonly Option<int?> upHeads = new("--up_heads") { Description = "Its heads on the way up." };
    private readonly Option<int?> headWidth = new("--head_width") { Description = "Channels a head, instead of --heads." };
    private readonly Option<bool> newOrder = new("--new_attention_order") { Description = "Its use_new_attention_order." };

    public static Option<string?> Weights { get; } = new("--weights")
    {
        Description = "A saved model's or a pipeline's folder, or a file of weights: .pth, .ckpt, .pt, .bin, .safetensors.",
    };

    /// <summary>Adds the flags to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[network, key, variant, size, groups, epsilon, heads, upHeads, headWidth, newOrder])
            command.Options.Add(option);
    }

    /// <summary>Opens what a path names.</summary>
    /// <param name="options">The command line.</param>
    /// <param name="path">A folder or a file.</param>
    /// <param name="schedule">The process of a file, which says nothing of it; null: the paper's.</param>
    /// <param name="device">Where to compute; null: on the CPU.</param>
    public Diffusion Open(ParseResult options, string? path, INoiseSchedule? schedule = null, torch.Device? device = null)
    {
        if (path is null)
            throw new ArgumentException(
                "--weights must name a saved model's folder or a file of weights; samples/QuickStart writes one to out/quickstart/model.");
        var given = new PretrainedOptions
        {
            Key = options.GetValue(key),
            Variant = options.GetValue(variant),
            ImageSize = options.GetValue(size),
            Groups = options.GetValue(groups),
            NormEpsilon = options.GetValue(epsilon),
            Heads = options.GetValue(heads),
            UpHeads = options.GetValue(upHeads),
            HeadWidth = options.GetValue(headWidth),
            NewAttentionOrder = options.GetValue(newOrder),
            Warnings = new Printed(),
        };
        var builder = options.GetValue(network) is { } preset
            ? new DiffusionBuilder().WithUNet(CommonOptions.NetworkOptions(preset)).WithWeights(path, given)
            : DiffusionBuilder.FromPretrained(path, given);
        if (schedule is not null && !Directory.Exists(path))
            builder.WithSchedule(schedule);
        return builder.WithDevice(device ?? torch.CPU).Build();
    }

    private sealed class Printed : IProgress<string>
    {
        public void Report(string value) => Console.Error.WriteLine("warning: " + value);
    }
}
