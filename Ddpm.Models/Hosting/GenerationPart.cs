namespace Ddpm.Hosting;

/// <summary>Those images of a request that are made together: as many as a batch holds.</summary>
internal sealed class GenerationPart(Generation whole, GenerationKind kind, int first, int count) : WorkItem(kind, count)
{
    /// <inheritdoc/>
    internal override DiffusionService Service => kind.Service;

    internal Generation Whole { get; } = whole;

    /// <summary>The number of the first image in the request.</summary>
    internal int First { get; } = first;

    /// <inheritdoc/>
    internal override int MostTogether => kind.Service.BatchSize;

    internal IEnumerable<(ulong Seed, long Image)> Images => Enumerable.Range(First, Size).Select(image => (Whole.Seed, (long)image));

    internal IEnumerable<int> Labels => Whole.Request.Labels!.Skip(First).Take(Size);

    /// <inheritdoc/>
    internal override void Run(IReadOnlyList<WorkItem> together) => kind.Service.Generate(kind, [.. together.Cast<GenerationPart>()]);
}
