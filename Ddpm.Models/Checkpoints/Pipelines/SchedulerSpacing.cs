using Ddpm.Samplers;

namespace Ddpm;

/// <summary>Which steps or levels a scheduler visits.</summary>
internal static class SchedulerSpacing
{
    // Distributions of levels that only networks of flow matching use, or that nothing here has.
    private static readonly string[] Unknown = ["use_beta_sigmas", "use_flow_sigmas", "use_dynamic_shifting"];

    /// <param name="config">The file.</param>
    /// <param name="family">Its scheduler.</param>
    /// <param name="count">How many.</param>
    /// <param name="path">The process, rounded as diffusers does.</param>
    internal static TimestepSpacing Read(PipelineConfig config, SchedulerFamily family, int count, DiffusionPath path)
    {
        foreach (var name in Unknown.Where(name => config.Flag(name, false)))
            throw config.Wrong(name, "false");
        var steps = Steps(config, family, count, path.Steps);
        var (karras, exponential, lu) = (
            config.Flag("use_karras_sigmas", false), config.Flag("use_exponential_sigmas", false), config.Flag("use_lu_lambdas", false));
        if (!karras && !exponential && !lu)
            return steps;
        var (highest, lowest) = (path.HighestRho, path.LowestRho);
        if (family.IsInRho)
        {
            var chosen = steps.Select(path);
            (highest, lowest) = (chosen[0].Rho, chosen[^1].Rho);
        }
        if (karras)
            return TimestepSpacing.Karras(count, highest, lowest);
        // use_lu_lambdas has the same levels, but the network is told rounded steps, not truncated ones.
        return new ExponentialLevels(count, highest, lowest, exponential ? TimestepRounding.Down : TimestepRounding.BySampler);
    }

    private static TimestepSpacing Steps(PipelineConfig config, SchedulerFamily family, int count, int steps)
    {
        var offset = config.Integer("steps_offset", 0);
        var spacing = config.Choice("timestep_spacing", family.Spacing, ("leading", "leading"), ("linspace", "linspace"), ("trailing", "trailing"));
        return count == steps && !family.ExcludesLast && (offset == 0 || spacing != "leading") ? TimestepSpacing.All : spacing switch
        {
            "leading" => TimestepSpacing.Leading(count, offset, family.ExcludesLast),
            "linspace" => TimestepSpacing.Linspace(count, family.ExcludesLast, whole: !family.IsInRho),
            _ => TimestepSpacing.Trailing(count),
        };
    }
}
