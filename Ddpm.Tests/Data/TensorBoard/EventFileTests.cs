namespace Ddpm.Tests.Data.TensorBoard;

public class EventFileTests
{
    private static string[] Names(TemporaryFolder folder) =>
        [.. Directory.GetFiles(folder.Path).Order(StringComparer.Ordinal).Select(Path.GetFileName)!];

    // TensorBoard reads the files in the order of their names, whatever the clock said and how short the runs were.
    [Test]
    public void Create_OfEachFurtherFile_ComesAfterThoseThatAreThere()
    {
        using var folder = new TemporaryFolder();
        foreach (var (i, seconds) in new[] { 1000L, 1000, 5, 1_700_000_000, 1_600_000_000 }.Index())
        {
            using (var file = EventFile.Create(folder.Path, i, new Clock(seconds)))
            {
                Assert.That(Names(folder), Has.Length.EqualTo(i), "a file is made with its first event");
                file.Add(i, ("loss", i));
            }
            Assert.That(EventReader.Read(folder.File(Names(folder)[^1])).Last().Step, Is.EqualTo(i), "the new file is the last");
        }
        Assert.That(Names(folder), Has.Length.EqualTo(5).And.All.Match(@"^events\.out\.tfevents\.\d{10}\.[A-Za-z0-9_-]+\.\d+\.0$"));
    }

    [Test]
    public void Create_BesideFilesOfOtherNames_MindsThemNot()
    {
        using var folder = new TemporaryFolder();
        foreach (var name in (string[])["events.out.tfevents.", "events.out.tfevents.x.y", "events.out.tfevents.99999999999999999999999.z"])
            folder.File(name, []);
        using var file = EventFile.Create(folder.Path, firstStep: null);
        file.Add(1, ("loss", 1));
        Assert.That(EventReader.Read(file.Path).Select(one => one.StartsSession), Is.All.False);
    }

    // As TensorBoard does: a START drops what came before of its step and later ones; the first in a folder tells nothing.
    [Test]
    public void Create_OfARunThatGoesOn_DropsTheStepsThatAKilledOneHadGoneFurther()
    {
        using var folder = new TemporaryFolder();
        using (var killed = EventFile.Create(folder.Path, firstStep: 1))
            for (var step = 1; step <= 10; step++)
                killed.Add(step, ("loss", step));
        File.AppendAllText(folder.File(Names(folder)[0]), "half a record");
        using (var resumed = EventFile.Create(folder.Path, firstStep: 7))
            for (var step = 7; step <= 8; step++)
                resumed.Add(step, ("loss", -step));
        Assert.That(TensorBoardView.Of(folder.Path)["loss"], Is.EqualTo(new (long, float?)[]
            { (1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 6), (7, -7), (8, -8) }));
    }

    [Test]
    public void Add_WhileAReaderHasTheFileOpen_Works()
    {
        using var folder = new TemporaryFolder();
        using var file = EventFile.Create(folder.Path, firstStep: 1);
        file.Add(1, ("loss", 1));
        using var reader = EventReader.Read(file.Path).GetEnumerator();
        Assert.That(reader.MoveNext(), Is.True);
        file.Add(2, ("loss", 2));
        var steps = new List<long>();
        while (reader.MoveNext())
            steps.Add(reader.Current.Step);
        Assert.That(steps, Is.EqualTo(new[] { 1, 1, 2 }));
    }

    private sealed class Clock(long seconds) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(seconds);
    }
}
