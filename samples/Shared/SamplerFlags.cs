using System.CommandLine;
using Ddpm.Samplers;

namespace Ddpm.Samples;

/// <summary>Which sampler, and in how many steps.</summary>
internal sealed class SamplerFlags
{
    private const int UsualSteps = 50;
    private readonly Option<string?> name =
        Flag.OptionalOneOf("--sampler", "By default the model's own; the gallery shows them all.", [.. NamedSamplers.Names]);
    private readonly Option<int?> steps = Flag.OptionalWhole(
        "--sample_steps", $"Steps of the sampler; by default the model's own, or {UsualSteps} with --sampler.");

    /// <summary>The flags.</summary>
    public IReadOnlyList<Option> All => [name, steps];

    /// <summary>Adds the flags to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(name);
        command.Options.Add(steps);
    }

    /// <summary>The sampler asked for: a named one, or the model's own in another number of steps; null: the model's own as it is.</summary>
    /// <exception cref="ArgumentException">It does not fit the model's process, or the model's own has no number of steps that could be
    /// changed.</exception>
    public ISampler? Of(ParseResult options, Diffusion diffusion)
    {
        var (named, count) = (options.GetValue(name), options.GetValue(steps));
        if (named is null && count is null)
            return null;
        if (named is null && diffusion.Sampler is not GridSampler)
            throw new ArgumentException(
                $"--sample_steps needs a sampler whose steps can be counted, but the model's own is {diffusion.Sampler.GetType().Name}: "
                + "choose one with --sampler.");
        var chosen = diffusion.FindSampler(named, count ?? UsualSteps);
        chosen.Check(diffusion.Process.Path);
        return chosen;
    }
}
