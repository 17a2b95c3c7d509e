namespace Ddpm.Training;

/// <summary>Whether the process leads from the images to noise.</summary>
internal static class ProcessCheck
{
    // √ᾱ at the end; 0.0064 with the paper's schedule, 0.068 with that of Stable Diffusion, whose images keep a middling brightness by it.
    internal const double MostSignalLeft = 0.1;
    private const double MuchSignalLeft = 0.05;

    // ρ at the beginning, in the network's range; 0.01 with the paper's schedule, 1.3 levels of a byte.
    private const double MostNoiseAtFirst = 0.1, LevelsOfByte = 127.5;

    internal static IEnumerable<TrainingFinding> Of(DiffusionPath path)
    {
        if (path.SignalLeft > MuchSignalLeft)
            yield return OfEnd(path.SignalLeft);
        if (path.LowestRho > MostNoiseAtFirst)
            yield return TrainingFinding.Warning(
                TrainingFindingKind.ProcessBeginsInNoise,
                $"The first of the {path.Steps} steps adds noise of {path.LowestRho * LevelsOfByte:F0} levels of 255 at once: what is finer the network "
                + $"does not see.",
                $"Take more steps, or a schedule that begins with less noise; the paper's begins with 1.");
    }

    private static TrainingFinding OfEnd(double left)
    {
        var what = FormattableString.Invariant(
            $"After its last step the process should be noise, but {100 * left:G3} % of the image are left, ")
            + FormattableString.Invariant($"a signal-to-noise ratio of {left * left / (1 - left * left):G3}.");
        return left > MostSignalLeft
            ? new(FindingSeverity.Warning, TrainingFindingKind.ProcessEndsInSignal, what,
                "Sampling begins in noise, so that its images will have too little contrast. Without betas of their own the schedules scale with the "
                + "number of steps.")
            : new(FindingSeverity.Note, TrainingFindingKind.ProcessEndsInSignal, what,
                $"Very dark and very bright images will not be drawn: {nameof(TrainingOptions.OffsetNoise)} helps, or a schedule with zero terminal SNR.");
    }
}
