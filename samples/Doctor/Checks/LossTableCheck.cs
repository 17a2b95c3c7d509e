namespace Ddpm.Samples;

/// <summary>How the losses of a run went, by loss.csv.</summary>
internal sealed class LossTableCheck : ICheck
{
    private const int Parts = 10, FewestSteps = 100, FewestHeldOut = 4;
    private const double Risen = 1.5, HeldOutRisen = 1.1;

    private static readonly FindingKind Damaged = FindingKind.Warning("loss-table-damaged"), NotFinite = FindingKind.Warning("loss-not-finite"),
        Rising = FindingKind.Warning("loss-rising"), Overfit = FindingKind.Warning("held-out-loss-rising");

    public IReadOnlyList<FindingKind> Kinds { get; } = [Damaged, NotFinite, Rising, Overfit];

    public IEnumerable<Finding> Look(Patient patient, CancellationToken stop)
    {
        if (!patient.IsTraining || !File.Exists(patient.Inside(LossTable.Name)))
            yield break;
        var table = LossTable.Read(patient.Inside(LossTable.Name), stop);
        if (table.Fault is { } fault)
            yield return Damaged.Said(fault, "A run that goes on writes the lines that it takes again; else plot what can be read.");
        if (table.NotFinite > 0)
            yield return NotFinite.Found(
                $"The loss of {table.NotFinite} of {table.Steps} steps is not finite, first at step {table.FirstNotFinite}.",
                "Lower the learning rate, clip the gradient, or train in float32.");
        var means = MeansOf(table.Losses);
        if (means.Length == Parts && means[^1] > Risen * means.Min())
            yield return Rising.Found(
                $"The training loss is {means[^1]:G4} in the last tenth of the run, but was {means.Min():G4} in the tenth with the least.",
                "Take an earlier state, and lower the learning rate.");
        if (table.HeldOut.Count >= FewestHeldOut && Best(table.HeldOut) is var best && table.HeldOut[^1].Loss is var last
            && last > HeldOutRisen * best.Loss && table.HeldOut[^2].Loss > best.Loss && means is [.., var end] && end < MeanAt(table, best.Step))
            yield return Overfit.Found(
                $"The held-out loss is {last:G4}, {100 * (last / best.Loss - 1):F0} % above its least, {best.Loss:G4} at step {best.Step}.",
                $"The network learns the images by heart: take the state nearest to step {best.Step}, more images, flips or dropout.");
    }

    private static (long Step, double Loss) Best(IReadOnlyList<(long Step, double Loss)> losses) => losses.MinBy(each => each.Loss);

    // Of the tenth of the run in which a step is.
    private static double MeanAt(LossTable table, long step)
    {
        var at = Math.Max(0, table.LossSteps.BinarySearch(step) is var found && found >= 0 ? found : ~found - 1);
        var half = Math.Max(1, table.Losses.Count / Parts / 2);
        return table.Losses.Skip(at - half).Take(2 * half).Average();
    }

    private static double[] MeansOf(List<double> losses) => losses.Count < FewestSteps ? []
        : [.. Enumerable.Range(0, Parts).Select(part => losses[Border(part, losses.Count)..Border(part + 1, losses.Count)].Average())];

    private static int Border(int part, int count) => (int)((long)part * count / Parts);
}
