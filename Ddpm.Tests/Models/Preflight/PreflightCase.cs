using Ddpm.Training;

namespace Ddpm.Tests.Models.Preflight;

/// <summary>A training that nothing is wrong with, to be spoiled in one way at a time.</summary>
internal static class PreflightCase
{
    internal static readonly ImageShape Tiny = new(3, 8, 8);

    internal static readonly TrainingOptions Clean = new() { Steps = 2_000, BatchSize = 8, WarmupSteps = 100, EmaDecay = 0.99 };

    internal static ImageDataset Images(
        int images = 100, ImageShape? shape = null, IReadOnlyList<int>? labels = null, IReadOnlyList<string>? names = null)
    {
        var bytes = new byte[images * (shape ?? Tiny).Values];
        new Random(1).NextBytes(bytes);
        return new(shape ?? Tiny, bytes, labels, names);
    }

    internal static UNetOptions Small => new()
    {
        Image = Tiny,
        Channels = 8,
        Multipliers = [1, 2],
        BlocksPerLevel = 1,
        AttentionResolutions = [4],
        Groups = 4,
    };

    /// <summary>All but notes of what the run takes.</summary>
    internal static TrainingFindingKind[] Kinds(IEnumerable<TrainingFinding> findings) =>
        [.. findings.Select(finding => finding.Kind).Where(kind => kind is not TrainingFindingKind.Memory)];

    internal static TrainingFinding Of(this IEnumerable<TrainingFinding> findings, TrainingFindingKind kind)
    {
        TrainingFinding[] those = [.. findings.Where(finding => finding.Kind == kind)];
        Assert.That(those, Has.Length.EqualTo(1), $"{kind}: {string.Join("\n", findings)}");
        return those[0];
    }
}
