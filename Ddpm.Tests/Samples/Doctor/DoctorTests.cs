using Ddpm.Samples;

namespace Ddpm.Tests.Samples.Doctor;

/// <summary>For every finding there is a patient that shows it alone; healthy ones show none.</summary>
public class DoctorTests
{
    private static IEnumerable<SickPatient> Sick =>
        [.. SickModels.All, .. SickParts.All, .. SickMachines.All, .. SickImages.All, .. SickTrainings.All];

    private static IEnumerable<TestCaseData> Cases() =>
        Sick.Select((patient, i) => new TestCaseData(patient).SetArgDisplayNames(patient.Id + "." + i));

    [TestCaseSource(nameof(Cases))]
    public void Of_ASickPatient_FindsThatAlone(object sick)
    {
        var (id, make) = (SickPatient)sick;
        using var folder = new TemporaryFolder();
        using var patient = make(folder);
        var before = Contents(folder.Path);
        var findings = Checks.Of(patient, CancellationToken.None);
        Assert.That(findings.Select(finding => finding.Id), Is.EqualTo(new[] { id }), string.Join("\n", findings));
        Assert.That(findings[0].Seen, Does.Contain(((SickPatient)sick).Says));
        Assert.That($"{findings[0]}", Does.Match($@"\A(error|warning|note): {id}: \S.*[.!?] -> [A-Z].*[.!?)]\z"));
        Assert.That(Contents(folder.Path), Is.EqualTo(before));         // nothing is written
    }

    // Two that no folder shows: one that is written to now, and a check that fails.
    [Test]
    public void Sick_HasAPatientForEveryFinding() => Assert.That(
        Sick.Select(patient => patient.Id).Distinct().Append("run-in-progress").Append("check-failed"),
        Is.EquivalentTo(Checks.Kinds.Select(kind => kind.Id)));

    [Test]
    public void Kinds_HaveIdsOfTheirOwn() => Assert.That(Checks.Kinds.Select(kind => kind.Id), Is.Unique.And.All.Match("^[a-z0-9]+(-[a-z0-9]+)*$"));

    [Test]
    public void Kinds_AreThoseOfTheDocument()
    {
        var rows = DocumentedTable.Rows("docs/doctor.md", "id", "severity", "means", "helps");
        Assert.That(rows.Select(row => (row[0].Trim('`'), row[1])),
            Is.EquivalentTo(Checks.Kinds.Select(kind => (kind.Id, new Finding(kind, "", "").Severity))));
        Assert.That(rows.SelectMany(row => row), Has.All.Not.Empty);
    }

    [Test]
    public void Of_ATrainingFolder_FindsNothing()
    {
        using var folder = new TemporaryFolder();
        using var patient = SickTrainings.Trained(folder);
        Assert.That(Checks.Of(patient, CancellationToken.None), Is.Empty);
        Assert.That(patient.Title, Does.StartWith("a training folder, ").And.EndsWith(", trained for 4 steps"));
    }

    [Test]
    public void Of_AStatesFolder_LooksAtItsWeights()
    {
        using var folder = new TemporaryFolder();
        SickTrainings.Trained(folder).Dispose();
        using var patient = Healthy.At(folder.File("run/checkpoints"));
        Assert.That(patient.Weights, Is.Not.Empty);
        Assert.That(Checks.Of(patient, CancellationToken.None), Is.Empty);
    }

    [Test]
    public void Of_AFolderThatIsWrittenTo_SaysSo()
    {
        using var folder = new TemporaryFolder();
        SickTrainings.Trained(folder, path => Directory.CreateDirectory(Path.Combine(path, "checkpoints/.writing"))).Dispose();
        using var writer = FolderLock.Take(folder.File("run/checkpoints"));
        Assert.That(Healthy.Ids(Healthy.At(folder.File("run"))), Is.EqualTo(new[] { "run-in-progress" }));
    }

    [Test]
    public void Of_ACheckThatFails_GoesOnWithTheOthers()
    {
        using var folder = new TemporaryFolder();
        var machine = Healthy.Machine with { Room = _ => throw new InvalidDataException("no disk at all"), OneDnnIsOn = false };
        using var patient = SickTrainings.Trained(folder, machine: machine);
        var findings = Checks.Of(patient, CancellationToken.None);
        Assert.That(findings.Select(finding => finding.Id), Is.EqualTo(new[] { "check-failed", "onednn-off" }));
        Assert.That(findings[0].Seen, Does.Contain("RoomCheck").And.Contain("no disk at all"));
    }

    [Test]
    public void Of_ManyFaultsAtOnce_FindsThemAllTheMostSevereFirst()
    {
        using var folder = new TemporaryFolder();
        using var patient = Healthy.Of(
            Healthy.Builder.WithSchedule(new LinearSchedule(50, 1e-4, 0.02)).WithAncestralSampler(spacing: TimestepSpacing.Trailing(10)).Build(),
            folder, Healthy.Machine with { OneDnnIsOn = false });
        Assert.That(Checks.Of(patient, CancellationToken.None).Select(finding => finding.Id),
            Is.EqualTo(new[] { "never-trained", "schedule-not-noise", "onednn-off", "sampler-few-steps" }));
    }

    [Test]
    public void Of_Cancelled_Ends()
    {
        using var folder = new TemporaryFolder();
        using var patient = Healthy.Of(Healthy.Model(), folder);
        Assert.That(() => Checks.Of(patient, new CancellationToken(canceled: true)), Throws.InstanceOf<OperationCanceledException>());
    }

    private static string[] Contents(string folder) =>
        [.. Directory.GetFileSystemEntries(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => File.Exists(path) ? $"{path} {new FileInfo(path).Length} {File.GetLastWriteTimeUtc(path):O}" : path)];
}
