using Ddpm.Samplers;
using Microsoft.Extensions.Options;

namespace Ddpm.Hosting;

/// <summary>What settings must be, all of it at once: looked at when an application starts, or first uses a service.</summary>
internal sealed class DiffusionServiceRules : IValidateOptions<DiffusionServiceOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, DiffusionServiceOptions options)
    {
        string[] faults = [.. options.Unread, .. Faults(options)];
        var whose = string.IsNullOrEmpty(name) ? "Diffusion" : $"Diffusion '{name}'";
        return faults.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults.Select(fault => $"{whose}: {fault}"));
    }

    private static IEnumerable<string> Faults(DiffusionServiceOptions options)
    {
        if (options.Model is null == (options.Create is null))
            yield return $"Model or Create must be given, and not both, but {(options.Model is null ? "neither is" : "both are")}.";
        if (options.Model is { } path && !File.Exists(path) && !Directory.Exists(path))
            yield return $"Model must be a file or a folder, but there is none at '{path}'.";
        if (SamplerFault(options) is { } ofSampler)
            yield return ofSampler;
        if (DeviceFault(options) is { } ofDevice)
            yield return ofDevice;
        foreach (var (what, value) in ((string, int)[])[
            (nameof(options.BatchSize), options.BatchSize), (nameof(options.QueueLimit), options.QueueLimit),
            (nameof(options.MostImages), options.MostImages), (nameof(options.MostSteps), options.MostSteps)])
            if (value < 1)
                yield return $"{what} must be at least 1, but is {value}.";
        if (options.MostImages > options.QueueLimit)
            yield return $"MostImages must be at most QueueLimit, but they are {options.MostImages} and {options.QueueLimit}.";
        if (options.StuckAfter <= TimeSpan.Zero)
            yield return $"StuckAfter must be above 0, but is {options.StuckAfter}.";
        if (options.FinishWithin < TimeSpan.Zero)
            yield return $"FinishWithin must be at least 0, but is {options.FinishWithin}.";
    }

    private static string? SamplerFault(DiffusionServiceOptions options)
    {
        try
        {
            if (options.Sampler is not null)
                NamedSamplers.Create(options.Sampler, options.Steps);
            return options.Steps < 1 ? $"Steps must be at least 1, but are {options.Steps}."
                : options.Steps > options.MostSteps ? $"Steps must be at most MostSteps, but they are {options.Steps} and {options.MostSteps}."
                : null;
        }
        catch (ArgumentException fault)
        {
            return fault.Message;
        }
    }

    private static string? DeviceFault(DiffusionServiceOptions options)
    {
        if (options.Device is null)
            return "Device must be given, but is not.";
        try
        {
            return DeviceName.Fault(DeviceName.Parse(options.Device), home: null);
        }
        catch (ArgumentException fault)
        {
            return fault.Message;
        }
    }
}
