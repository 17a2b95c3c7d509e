using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ddpm;

/// <summary>
/// A sampler's spacing in ddpm.json: the steps that it visits, or their levels, or both where the network is told another step than a level's. Where
/// a name and a number make the same points they are there too, so that the spacing can be made again with another number.
/// </summary>
internal static class SpacingJson
{
    // Spacings that nothing but their number tells; their names are part of the format.
    private static readonly Func<int, TimestepSpacing>[] Named =
    [
        count => TimestepSpacing.Leading(count), count => TimestepSpacing.Linspace(count), TimestepSpacing.Trailing, TimestepSpacing.Quadratic,
        TimestepSpacing.Uniform, count => TimestepSpacing.Karras(count), count => TimestepSpacing.Exponential(count),
        count => TimestepSpacing.Polyexponential(count), count => TimestepSpacing.Vp(count),
    ];

    internal static JsonNode? Write(GridSampler sampler, DiffusionPath path)
    {
        if (sampler.Spacing == TimestepSpacing.All)
            return new JsonObject();
        var (onPath, points) = (sampler.PathOf(path), sampler.Points(path));
        double[] steps = [.. points.Select(point => point.T)], levels = [.. points.Select(point => point.Rho)];
        var saved = points.All(point => point.T >= 0 && onPath.At(point.T) == point) ? new Points { Steps = steps }
            : points.All(point => onPath.AtRho(point.Rho).T == point.T) ? new() { Levels = levels }
            : new Points { Steps = steps, Levels = levels };
        if (sampler.Spacing.Count is { } count && Make(sampler.Spacing.Name, count) is { } same
            && Selects(sampler with { Spacing = same }, path, points))
            saved = saved with { Name = sampler.Spacing.Name, Count = count };
        return JsonSerializer.SerializeToNode(saved, ModelDescription.Json);
    }

    /// <returns>The sampler with the spacing.</returns>
    /// <exception cref="JsonException">It is not a spacing, or its name says other points than are there.</exception>
    internal static GridSampler Read(JsonNode? node, GridSampler sampler, DiffusionPath path)
    {
        var points = node.Deserialize<Points>(ModelDescription.Json)
            ?? throw new JsonException("the sampler's spacing must be an object, but is null");
        var listed = sampler with { Spacing = points.ToSpacing() };
        if (points is { Name: null, Count: null })
            return listed;
        var named = points is { Name: { } name, Count: { } count } && Make(name, count) is { } spacing ? sampler with { Spacing = spacing } : null;
        return named is not null && Selects(named, path, listed.Points(path))
            ? named
            : throw new JsonException($"the sampler's spacing '{points.Name}' of {points.Count} must make the points that are listed, but does not");
    }

    private static TimestepSpacing? Make(string name, int count) => Named.Select(make => make(count)).FirstOrDefault(made => made.Name == name);

    private static bool Selects(GridSampler sampler, DiffusionPath path, DiffusionPoint[] points)
    {
        try
        {
            return sampler.Points(path).SequenceEqual(points);
        }
        catch (ArgumentException)
        {
            return false;       // it does not fit the process at all
        }
    }

    private sealed record Points
    {
        public IReadOnlyList<double>? Steps { get; init; }

        public IReadOnlyList<double>? Levels { get; init; }

        public string? Name { get; init; }

        public int? Count { get; init; }

        internal TimestepSpacing ToSpacing() => this switch
        {
            { Steps: { } steps, Levels: null } => TimestepSpacing.List(steps),
            { Steps: null, Levels: { } levels } => TimestepSpacing.Levels([.. levels]),
            { Steps: null, Levels: null } => TimestepSpacing.All,
            { Steps: { } steps, Levels: { } levels } when steps.Count == levels.Count => TimestepSpacing.Levels(levels, steps),
            _ => throw new JsonException("a spacing must have steps, levels, neither, or as many of each"),
        };
    }
}
