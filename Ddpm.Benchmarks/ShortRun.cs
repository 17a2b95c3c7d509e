using BenchmarkDotNet.Filters;
using BenchmarkDotNet.Running;

namespace Ddpm.Benchmarks;

/// <summary>What runs where nothing is chosen: the small network, and of the whole process only one image.</summary>
internal sealed class ShortRun : IFilter
{
    internal const string Announcement =
        "Nothing is chosen, so the short run begins: the small network, batches of 1, 4 and 16, 1,000 steps for one image only. It takes four to "
        + "nine minutes on two cores with nothing else running. --filter '*' runs all, which takes hours on a CPU; --filter '*SamplingLoop*' or "
        + "--anyCategories sampling, denoiser, training, noise, data, files, evaluation or service chooses; compare-sampling and compare-training take "
        + "turns.\n";

    public bool Predicate(BenchmarkCase benchmarkCase)
    {
        object? Value(string name) => benchmarkCase.Parameters.Items.FirstOrDefault(parameter => parameter.Name == name)?.Value;
        var isSmall = Value("Network") is null or "small" && Value("Batch") is null or <= 16 && Value("Features") is null;
        return isSmall && (Value("Recipe") is not SamplingRecipe { Steps: >= 1000 } || Value("Batch") is 1)
            && (benchmarkCase.Descriptor.Type != typeof(MatReading) || MatReading.IsPossible);
    }
}
