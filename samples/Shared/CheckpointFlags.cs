using System.CommandLine;
using System.CommandLine.Parsing;
using TorchSharp;

namespace Ddpm.Samples;

/// <summary>
/// Where a model is and what its checkpoint may not say itself: for folders of this library or of diffusers, and files of any layout that it knows.
/// </summary>
internal sealed class CheckpointFlags
{
    private readonly Option<string?> weights = new("--weights")
    {
        Description = "A saved model's or a pipeline's folder, or a file of weights: .pth, .ckpt, .pt, .bin, .safetensors.",
        HelpName = "path",
    };
    private readonly Option<string?> network = NetworkPresets.OptionalNetworkFlag();
    private readonly Option<string?> key = new("--key") { Description = "Which dictionary of a nested .pth holds the weights." };
    private readonly Option<string?> variant = new("--variant") { Description = "A variant of a pipeline's weights, such as fp16." };
    private readonly Option<(int Height, int Width)?> size = CommonOptions.OptionalSize("Images, where the checkpoint does not say.");
    private readonly Option<int?> groups = Flag.OptionalWhole("--groups", "Groups of the norms.");
    private readonly Option<double?> epsilon = Flag.OptionalNumber("--norm_eps", "Epsilon of the norms.", double.Epsilon, double.MaxValue);
    private readonly Option<int?> heads = Flag.OptionalWhole("--heads", "Attention heads of a guided-diffusion network.");
    private readonly Option<int?> upHeads = Flag.OptionalWhole("--up_heads", "Its heads on the way up.");
    private readonly Option<int?> headWidth = Flag.OptionalWhole("--head_width", "Channels a head, instead of --heads.");
    private readonly Option<bool> newOrder = new("--new_attention_order") { Description = "Its use_new_attention_order." };
    private readonly Option<string?> rescaledSteps = Flag.OptionalOneOf(
        "--rescaled_steps",
        "Whether it is told t as if there were 1,000 steps (rescale_timesteps); asked for where --timesteps is another.", "yes", "no");
    private readonly ScheduleFlags schedule = new();

    /// <summary>The flags, --weights with them.</summary>
    public IReadOnlyList<Option> All =>
        [weights, network, key, variant, size, groups, epsilon, heads, upHeads, headWidth, newOrder, rescaledSteps, .. schedule.All];

    /// <summary>Adds the flags, --weights with them, to a command.</summary>
    /// <param name="command">It.</param>
    /// <param name="usual">The model where --weights names none; null: --weights must name one.</param>
    /// <param name="unless">A flag with which there is no model at all.</param>
    public void AddTo(Command command, string? usual = null, Option? unless = null)
    {
        weights.Description += usual is null ? "" : $" By default {usual}.";
        weights.Refuse(path => string.IsNullOrWhiteSpace(path) ? "--weights must name a folder or a file, but is empty." : null);
        command.Options.Add(weights);
        if (usual is null)
            command.Validators.Add(result =>
            {
                if (!result.Has(weights) && !(unless is not null && result.Has(unless)))
                    result.AddError("--weights must name a saved model's folder or a file of weights; "
                        + $"samples/QuickStart (ddpm quickstart) writes one to {QuickStartRecipe.Folder}/model.");
            });
        if (unless is not null)
            command.NotWith(unless, [.. All]);
        AddTo(command, result => result.GetValue(weights));
    }

    /// <summary>Adds the flags to a command that knows another way where the model is; null: wherever that is, it says all of itself.</summary>
    public void AddTo(Command command, Func<CommandResult, string?> path)
    {
        foreach (var option in (Option[])[network, key, variant, size, groups, epsilon, heads, upHeads, headWidth, newOrder, rescaledSteps])
            command.Options.Add(option);
        schedule.AddTo(command);
        command.NotWith(headWidth, heads, upHeads);
        command.NotWith(network, groups, epsilon, heads, upHeads, headWidth);
        command.Ignored(result => path(result) is { } at && !Directory.Exists(at) && File.Exists(at) ? $"with a file, {at}" : null, variant);
        command.Ignored(result => path(result) is { } at && at.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
            ? $"with an index of shards, {at}" : null, key);
        command.Ignored(result => BySelf(path(result)),
            [network, key, groups, epsilon, heads, upHeads, headWidth, newOrder, rescaledSteps, .. schedule.All]);
        command.Ignored(result => path(result) is { } at && IsPipeline(at) ? null : BySelf(path(result)), variant, size);
    }

    /// <summary>Where --weights says that the model is.</summary>
    public string? PathIn(CommandResult options) => options.GetValue(weights);

    /// <summary>Opens a model.</summary>
    /// <param name="options">The command line.</param>
    /// <param name="path">A folder or a file; null: as --weights says.</param>
    /// <param name="device">Where to compute; null: on the CPU.</param>
    /// <param name="warnings">Told of what is ignored; null: that, and what is odd about the model, is printed.</param>
    public Diffusion Open(ParseResult options, string? path = null, torch.Device? device = null, IProgress<string>? warnings = null)
    {
        path ??= PathIn(options.CommandResult)!;
        if (!Directory.Exists(path) && !File.Exists(path))
            throw new FileNotFoundException(
                $"There is no model {path}; samples/QuickStart (ddpm quickstart) writes one to {QuickStartRecipe.Folder}/model.");
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
            RescaledSteps = options.GetValue(rescaledSteps) is { } told ? told == "yes" : null,
            Warnings = warnings ?? SampleApp.Warnings,
        };
        ImageShape? image = options.GetValue(size) is { } extent ? new(3, extent.Height, extent.Width) : null;
        var builder = options.GetValue(network) is { } preset
            ? new DiffusionBuilder().WithUNet(NetworkPresets.For(preset, image)).WithWeights(path, given)
            : DiffusionBuilder.FromPretrained(path, given);
        if (schedule.AreIn(options.CommandResult))
            builder.WithSchedule(schedule.Of(options));
        var diffusion = builder.WithDevice(device ?? torch.CPU).Build();
        return warnings is null ? diffusion.Said() : diffusion;
    }

    // A folder brings its process and, with one exception, its network; so does the model that is taken where none is named.
    private static string? BySelf(string? path) => path is null ? "without --weights"
        : Directory.Exists(path) ? $"with a folder that says it itself, {path}"
        : null;

    private static bool IsPipeline(string path) => Directory.Exists(path) && !File.Exists(Path.Combine(path, "ddpm.json"));
}
