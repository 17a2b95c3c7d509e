namespace Ddpm.Samples;

/// <summary>All checks, in the order in which they are made.</summary>
internal static class Checks
{
    /// <summary>A check itself failed.</summary>
    public static FindingKind Failed { get; } = FindingKind.Error("check-failed");

    public static IReadOnlyList<ICheck> All { get; } =
    [
        new OpeningCheck(), new DescriptionCheck(), new FileCheck(),
        new ScheduleCheck(), new SamplerCheck(), new VarianceCheck(), new WeightsCheck(), new LayersCheck(), new NamesCheck(),
        new StatesCheck(), new AveragesCheck(), new NewestStateCheck(), new LossTableCheck(), new LeftoversCheck(), new RoomCheck(),
        new OneDnnCheck(), new ThreadsCheck(), new GpuCheck(), new SamplingMemoryCheck(),
        new DataCheck(), new DrawnCheck(),
    ];

    /// <summary>Every kind of finding.</summary>
    public static IEnumerable<FindingKind> Kinds => All.SelectMany(check => check.Kinds).Append(Failed);

    /// <summary>Makes all checks; one that fails is a finding, and the others go on.</summary>
    /// <returns>The most severe first.</returns>
    public static IReadOnlyList<Finding> Of(Patient patient, CancellationToken stop) =>
        [.. All.SelectMany(check => Of(check, patient, stop)).OrderByDescending(finding => finding.Kind.Severity)];

    private static List<Finding> Of(ICheck check, Patient patient, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        var found = new List<Finding>();
        try
        {
            using var scope = TorchSharp.torch.NewDisposeScope();
            using var noGrad = TorchSharp.torch.no_grad();
            foreach (var finding in check.Look(patient, stop))
                found.Add(finding);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            found.Add(Failed.Said($"{check.GetType().Name} ended early: {Fault.Line(fault)}", "Read the reason; the other checks were made."));
        }
        return found;
    }
}
