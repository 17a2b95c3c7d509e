using MathNet.Numerics.LinearAlgebra;

namespace Ddpm.Tests.Data.Statistics;

public class FeatureStatisticsFileTests
{
    private static readonly StatisticsOrigin Origin = new()
    {
        Data = "CIFAR-10 „q“ \"x\"",
        Split = "train",
        Resize = "none",
        Program = "Ddpm 0.1.0",
        Space = new("Inception-v3 (2015-12-05)", 3) { Version = "sha256:00", Resize = "bilinear" },
    };

    private TemporaryFolder folder = null!;

    [SetUp] public void SetUp() => folder = new TemporaryFolder();

    [TearDown] public void TearDown() => folder.Dispose();

    [Test]
    public void Load_OfWhatWasSaved_IsTheSame()
    {
        var saved = Made(50_000, Origin);
        FeatureStatisticsFile.Save(folder.File("a.npz"), saved);
        var loaded = FeatureStatisticsFile.Load(folder.File("a.npz"));
        Assert.That(loaded.Count, Is.EqualTo(50_000));
        Assert.That(loaded.Mean, Is.EqualTo(saved.Mean));
        Assert.That(loaded.Covariance, Is.EqualTo(saved.Covariance), "to the last bit, also where the halves differ by rounding");
        Assert.That(loaded.Origin, Is.EqualTo(Origin));
    }

    [Test]
    public void Load_OfStatisticsOfUnknownOrigin_KnowsNone()
    {
        FeatureStatisticsFile.Save(folder.File("a.npz"), Made(null, null));
        var loaded = FeatureStatisticsFile.Load(folder.File("a.npz"));
        Assert.That(loaded.Count, Is.Null);
        Assert.That(loaded.Origin, Is.EqualTo(new StatisticsOrigin()));
        using var file = NumpyFile.Open(folder.File("a.npz"));
        Assert.That(file.Names, Is.EqualTo(new[] { "mu", "sigma" }), "what pytorch-fid writes, and no more");
    }

    [Test]
    public void Save_OfTheSameStatistics_GivesTheSameBytesAndKeepsAnOlderFileOnFailure()
    {
        FeatureStatisticsFile.Save(folder.File("a.npz"), Made(7, Origin));
        FeatureStatisticsFile.Save(folder.File("b.npz"), Made(7, Origin));
        var bytes = File.ReadAllBytes(folder.File("a.npz"));
        Assert.That(File.ReadAllBytes(folder.File("b.npz")), Is.EqualTo(bytes));
        Assert.That(() => FeatureStatisticsFile.Save(folder.File("none/a.npz"), Made(7, Origin)), Throws.InstanceOf<IOException>());
        Assert.That(Directory.GetFiles(folder.Path), Has.Length.EqualTo(2), "nothing half written stays");
    }

    [TestCase("features/statistics.npz", 0)]
    [TestCase("features/statistics-more.npz", 1e-7)]
    public void Load_OfWhatNumPyWrote_HasItsNumbers(string relative, double tolerance)
    {
        var loaded = FeatureStatisticsFile.Load(Recordings.At(relative));
        using var file = NumpyFile.Open(Recordings.At("features/statistics.npz"));
        Assert.That(loaded.Width, Is.EqualTo(6));
        Assert.That(loaded.Count, Is.Null);
        Assert.That(loaded.Mean.ToArray(), Is.EqualTo(file.Read("mu").ToArray<double>()).Within(tolerance));
        Assert.That(loaded.Covariance.ToRowMajorArray(), Is.EqualTo(file.Read("sigma").ToArray<double>()).Within(tolerance));
    }

    [Test]
    public void Saved_IsReadByNumPyWithoutPickle()
    {
        FeatureStatisticsFile.Save(folder.File("a.npz"), Made(50_000, Origin));
        const string program = """
            import sys, json, numpy as np
            with np.load(sys.argv[1], allow_pickle=False) as f:
                o = json.loads(f["origin"].tobytes())
                print(sorted(f.files), f["mu"].dtype, f["mu"].tolist(), f["sigma"].shape, f["sigma"].tolist(), int(f["count"]), f["count"].shape)
                print(o["data"] == "CIFAR-10 \u201eq\u201c \"x\"", o["features"])
            """;
        var told = Python.Run(program, folder.File("a.npz")).Split('\n');
        Assert.That(told[0], Is.EqualTo(
            "['count', 'mu', 'origin', 'sigma'] float64 [0.1, -2.5, 1e-300] (3, 3) "
            + "[[1.0, 0.25, -0.5], [0.25000000000000006, 2.0, 0.0], [-0.5, 0.0, 3.0]] 50000 ()"));
        Assert.That(told[1], Is.EqualTo(
            "True {'name': 'Inception-v3 (2015-12-05)', 'width': 3, 'version': 'sha256:00', 'resize': 'bilinear'}"));
    }

    // One element beside the diagonal differs from its twin in the last bit.
    private static FeatureStatistics Made(long? count, StatisticsOrigin? origin) => new(
        count,
        Vector<double>.Build.DenseOfArray([0.1, -2.5, 1e-300]),
        Matrix<double>.Build.DenseOfArray(new[,] { { 1, 0.25, -0.5 }, { 0.25000000000000006, 2, 0 }, { -0.5, 0, 3 } }),
        origin);
}
