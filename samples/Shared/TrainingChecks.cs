using Ddpm.Training;

namespace Ddpm.Samples;

/// <summary>What is worth knowing of a training before hours are spent on it.</summary>
internal static class TrainingChecks
{
    /// <summary>Prints what the library finds: notes to the console, warnings as such.</summary>
    /// <param name="diffusion">The model.</param>
    /// <param name="training">The recipe.</param>
    /// <param name="data">The images.</param>
    /// <param name="output">Where the run writes.</param>
    /// <param name="resume">Where the run goes on from; null: it begins.</param>
    /// <param name="stop">Ends the looking.</param>
    /// <exception cref="ArgumentException">There are faults: it names them.</exception>
    public static void Print(
        Diffusion diffusion, TrainingOptions training, IImageDataset data, string output, string? resume, CancellationToken stop)
    {
        const int Long = 1_000;
        var findings = diffusion.CheckTraining(training, data, output, resume, measure: training.Steps >= Long, stop);
        if (findings.Where(finding => finding.Severity == FindingSeverity.Fault).ToArray() is { Length: > 0 } faults)
            throw new ArgumentException(string.Join(" ", faults.Select(fault => fault.ToString())));
        foreach (var finding in findings)
            if (finding.Severity == FindingSeverity.Note)
                Console.WriteLine($"note: {finding}");
            // What the builder has warned of is said already.
            else if (finding.Kind != TrainingFindingKind.ProcessEndsInSignal || diffusion.Warnings.Count == 0)
                SampleApp.Warnings.Report(finding.ToString());
    }

    /// <summary>Prints in what a published training is not followed: where the library cannot, and where the command line says otherwise.</summary>
    public static void PrintDifferences(TrainingPreset preset, TrainingOptions training, Diffusion diffusion)
    {
        Console.WriteLine($"differences from the {preset.Name} preset ({preset.Source}):");
        foreach (var difference in preset.DifferencesOf(training, diffusion).Concat(preset.Differences))
            Console.WriteLine($"  - {difference}");
    }
}
