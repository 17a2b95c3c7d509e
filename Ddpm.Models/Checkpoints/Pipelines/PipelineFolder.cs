using Ddpm.Formats;
using Ddpm.Networks;
using static TorchSharp.torch;

namespace Ddpm;

/// <summary>A folder of diffusers' DDPMPipeline or DDIMPipeline, with subfolders or everything at the root.</summary>
internal static class PipelineFolder
{
    internal const string Index = "model_index.json";
    private const string Network = "config.json", Scheduler = "scheduler_config.json", Weights = "diffusion_pytorch_model";

    private const string DdpmPipeline = "DDPMPipeline", DdimPipeline = "DDIMPipeline";

    // The version whose fields and defaults these folders have.
    private const string FormatVersion = "0.42.1";

    internal static bool IsOne(string folder) => File.Exists(Path.Combine(folder, Index)) || NetworkFolder(folder) is not null;

    internal static CheckpointParts Describe(string folder, PretrainedOptions given)
    {
        var pipeline = PipelineOf(folder);
        var home = NetworkFolder(folder) ?? throw Missing(folder, $"unet/{Network} or {Network}");
        var config = PipelineConfig.Read(Path.Combine(home, Network));
        if (config.Class is { } name and not "UNet2DModel")
            throw config.Wrong("_class_name", "UNet2DModel");
        var network = UNetConfig.Read(config, given);
        config.WarnOfTheRest(given.Warnings);
        // Weights that the network does not have are ignored, as diffusers does; missing ones never are.
        var weights = Valid(folder, () =>
        {
            network.Check();
            return WeightsFile(home, given.Variant);
        });
        var scheduler = SchedulerFile(folder);
        var parts = DescribeScheduler(scheduler, pipeline == DdimPipeline, given);
        // Such a network may also be one that says something else with its other channels.
        if (network.SaysVariance && parts.Prediction!.Parameterization.Variance == LearnedVariance.None)
            given.Warnings?.Report(
                $"{scheduler}: of the network's {network.OutputChannels} output channels for images of {network.Image.Channels} only the first half "
                + "is used, as the scheduler has no learned variance.");
        return parts with { Network = new(UNet.Kind, network), Weights = (weights, given with { MayHoldMore = true }) };
    }

    internal static CheckpointParts DescribeScheduler(string path, bool ddimPipeline, PretrainedOptions given)
    {
        var config = PipelineConfig.Read(path);
        var parts = Valid(path, () => SchedulerConfig.Describe(config, ddimPipeline, given));
        config.WarnOfTheRest(given.Warnings);
        return parts;
    }

    // A value that a part refuses is the file's fault.
    private static T Valid<T>(string path, Func<T> describe)
    {
        try
        {
            return describe();
        }
        catch (ArgumentException fault)
        {
            throw new DataFormatException(path, null, fault.Message.TrimEnd('.'), fault);
        }
    }

    internal static void Save(SavedParts parts, string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var network = UNetWeights.Of(parts.Denoiser);
        var config = JsonFile.To(UNetConfigWriter.Write(network.Options));
        var (scheduler, entries) = SchedulerConfigWriter.Write(parts);
        var index = JsonFile.To(new Dictionary<string, object?>
        {
            ["_class_name"] = scheduler == "DDIMScheduler" ? DdimPipeline : DdpmPipeline,
            ["_diffusers_version"] = FormatVersion,
            ["scheduler"] = (string[])["diffusers", scheduler],
            ["unet"] = (string[])["diffusers", "UNet2DModel"],
        });
        if (ModelFolder.IsOne(folder))
            throw new IOException($"{folder} must not hold a saved diffusion, but has {ModelFolder.Description}: save into a folder of its own.");
        var (home, beside) = (Path.Combine(folder, "unet"), Path.Combine(folder, "scheduler"));
        Directory.CreateDirectory(home);
        Directory.CreateDirectory(beside);
        using var scope = NewDisposeScope();
        var weights = SafetensorsWriter.To(PipelineWeights.Of(network), new Dictionary<string, string> { ["format"] = "pt" });
        AtomicFiles.Write(
            (Path.Combine(home, Weights + ".safetensors"), weights),
            (Path.Combine(home, Network), config),
            (Path.Combine(beside, Scheduler), JsonFile.To(entries)),
            (Path.Combine(folder, Index), index));
    }

    private static string PipelineOf(string folder)
    {
        var path = Path.Combine(folder, Index);
        if (!File.Exists(path))
            return DdpmPipeline;
        var index = PipelineConfig.Read(path);
        if (index.Has("noise_scheduler") || (index.IsList("unet") && index.Texts("unet", []).Contains("UNetModel")))
            throw index.Wrong(
                "unet", "a UNet2DModel with a scheduler; UNetModel and noise_scheduler are of 2022, from before the format was settled");
        return index.Class is DdpmPipeline or DdimPipeline ? index.Class : throw index.Wrong("_class_name", $"{DdpmPipeline} or {DdimPipeline}");
    }

    private static string? NetworkFolder(string folder) =>
        ((string[])[Path.Combine(folder, "unet"), folder]).FirstOrDefault(candidate => File.Exists(Path.Combine(candidate, Network)));

    private static string SchedulerFile(string folder) =>
        ((string[])[Path.Combine(folder, "scheduler", Scheduler), Path.Combine(folder, Scheduler)]).FirstOrDefault(File.Exists)
        ?? throw Missing(folder, $"scheduler/{Scheduler} or {Scheduler}");

    // safetensors win over PyTorch's files, one file over shards; a variant is taken only when asked for.
    private static string WeightsFile(string home, string? variant)
    {
        if (variant is not null && variant.AsSpan().ContainsAny(Path.GetInvalidFileNameChars()))
            throw new ArgumentException($"A variant must be a part of a file's name, but is '{variant}'.", nameof(variant));
        var middle = variant is null ? "" : "." + variant;
        string[] names =
        [
            $"{Weights}{middle}.safetensors", $"{Weights}.safetensors.index{middle}.json",
            $"{Weights}{middle}.bin", $"{Weights}.bin.index{middle}.json",
        ];
        return names.Select(name => Path.Combine(home, name)).FirstOrDefault(File.Exists) ?? throw Missing(home, string.Join(", ", names));
    }

    private static FileNotFoundException Missing(string folder, string names) =>
        new($"{folder}: a pipeline must have {names}, but there is none.", folder);
}
