using Ddpm.Samples;

namespace Ddpm.Tests.Samples.Doctor;

/// <summary>Whatever lies in a folder, the doctor ends with findings and changes nothing.</summary>
public class DoctorHostileTests
{
    private const int Rounds = 60;

    // A byte, or the end, of one file of a training folder at a time. What says nothing of itself (a byte of a picture, a digit of the losses) may
    // pass.
    [Test]
    public void Of_DamagedFiles_EndsWithFindings()
    {
        using var folder = new TemporaryFolder();
        SickTrainings.Trained(folder).Dispose();
        var files = Directory.GetFiles(folder.File("run"), "*", SearchOption.AllDirectories).Where(path => new FileInfo(path).Length > 0)
            .Order(StringComparer.Ordinal).ToArray();
        var random = new Random(3);
        var found = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var file = files[round % files.Length];
            var bytes = File.ReadAllBytes(file);
            var spoiled = (byte[])bytes.Clone();
            if (round % 3 == 0)
                spoiled = spoiled[..random.Next(spoiled.Length)];
            else
                spoiled[random.Next(Math.Min(spoiled.Length, 300))] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(file, spoiled);
            using (var patient = Healthy.At(folder.File("run")))
                found += Checks.Of(patient, CancellationToken.None).Count > 0 ? 1 : 0;
            File.WriteAllBytes(file, bytes);
        }
        Assert.That(found, Is.GreaterThan(Rounds / 2));
        Assert.That(Healthy.Ids(Healthy.At(folder.File("run"))), Is.Empty);
    }

    [Test]
    public void Of_ALossTableWithoutLines_ReadsItInLittleMemory()
    {
        using var folder = new TemporaryFolder();
        SickTrainings.Trained(folder, path =>
        {
            using var file = File.OpenWrite(Path.Combine(path, "loss.csv"));
            file.SetLength(40_000_000);
        }).Dispose();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var table = LossTable.Read(folder.File("run/loss.csv"), CancellationToken.None);
        Assert.That(table.Fault, Does.Contain("Line 6"));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1_000_000));
    }

    [Test]
    public void Of_FilesThatAreFolders_EndsWithFindings()
    {
        using var folder = new TemporaryFolder();
        string[] names = ["model/ddpm.json", "model/model.safetensors", "loss.csv", "checkpoints/000001-a/state.json", "checkpoints/.lock"];
        foreach (var name in names)
            Directory.CreateDirectory(folder.File(name));
        Assert.That(Healthy.Ids(Healthy.At(folder.Path)), Is.Not.Empty.And.Not.Contain("check-failed"));
    }

    // Nothing of it is run: Python's loader would make a file.
    [Test]
    public void Of_APickleThatCalls_RunsNothing()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("hurt.pth", Data.PytorchBytes.Zip(Data.PickleBytes.Program(
            Data.PickleBytes.Call(Data.PickleBytes.Global("os", "system"), Data.PickleBytes.Text($"touch {folder.File("hurt")}")))));
        Assert.That(Healthy.Ids(Healthy.At(path)), Is.Not.Empty);
        Assert.That(File.Exists(folder.File("hurt")), Is.False);
    }
}
