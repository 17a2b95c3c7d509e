using System.Runtime.InteropServices;
using System.Text;
using Ddpm.Tests.Data.Numpy;

namespace Ddpm.Tests.Data.Statistics;

/// <summary>Files that are damaged, lie or mean harm.</summary>
public class FeatureStatisticsHostileTests
{
    private static readonly ZipBytes Mean = Doubles("mu", "(2,)", 1, 2), Covariance = Doubles("sigma", "(2, 2)", 2, 1, 1, 3);

    private TemporaryFolder folder = null!;

    [SetUp] public void SetUp() => folder = new TemporaryFolder();

    [TearDown] public void TearDown() => folder.Dispose();

    private static IEnumerable<TestCaseData> Broken()
    {
        yield return ZipBytes.Case("no covariance", "\"sigma\", but there are: \"mu\"", Mean);
        yield return ZipBytes.Case("other names", "\"mean\"", Mean with { Name = "mean.npy" }, Covariance with { Name = "cov.npy" });
        yield return ZipBytes.Case("mean of two axes", "\"mu\" must be of float32 or float64 [D]", Doubles("mu", "(1, 2)", 1, 2), Covariance);
        yield return ZipBytes.Case("empty mean", "[D], D from 1", Doubles("mu", "(0,)"), Covariance);
        yield return ZipBytes.Case("covariance of another size", "[2, 2]", Mean, Doubles("sigma", "(1, 1)", 2));
        yield return ZipBytes.Case("covariance that is not square", "[2, 2]", Mean, Doubles("sigma", "(4, 1)", 2, 1, 1, 3));
        yield return ZipBytes.Case("not symmetric", "symmetric", Mean, Doubles("sigma", "(2, 2)", 2, 1, 1.5, 3));
        yield return ZipBytes.Case("not a number in the mean", "finite", Doubles("mu", "(2,)", 1, double.NaN), Covariance);
        yield return ZipBytes.Case("not a number beside the diagonal", "finite", Mean, Doubles("sigma", "(2, 2)", 2, double.NaN, double.NaN, 3));
        yield return ZipBytes.Case("infinite variance", "finite", Mean, Doubles("sigma", "(2, 2)", double.PositiveInfinity, 0, 0, 3));
        yield return ZipBytes.Case("negative variance", "at least 0", Mean, Doubles("sigma", "(2, 2)", -1, 0, 0, 3));
        yield return ZipBytes.Case("whole numbers", "float32 or float64", Array("mu", "<i8", "(2,)", new byte[16]), Covariance);
        yield return ZipBytes.Case("Python's objects", "Python's objects", Array("mu", "|O", "(2,)", new byte[16]), Covariance);
        yield return ZipBytes.Case("values missing", "fill", Mean, Array("sigma", "<f8", "(2, 2)", new byte[24]));
        yield return ZipBytes.Case("more features than bytes", "fill", Array("mu", "<f8", "(1000000000000,)", new byte[16]), Covariance);
        yield return ZipBytes.Case(
            "more features than are taken", "D from 1 to 16000", Array("mu", "<f8", "(16001,)", new byte[8 * 16001]), Covariance);
        yield return ZipBytes.Case("sizes beyond 64 bits", "fill", Array("mu", "<f8", "(4611686018427387904,)", new byte[16]), Covariance);
        yield return ZipBytes.Case("count below 1", "at least 1, but is 0", Mean, Covariance, Array("count", "<i8", "()", new byte[8]));
        yield return ZipBytes.Case(
            "many counts", "\"count\" must be a single whole number", Mean, Covariance, Array("count", "<i8", "(2,)", new byte[16]));
        yield return ZipBytes.Case(
            "origin that is no text", "\"origin\" must be of at most", Mean, Covariance, Array("origin", "<f8", "()", new byte[8]));
        yield return ZipBytes.Case("origin that is no JSON", "must be JSON", Mean, Covariance, Text("{"));
        yield return ZipBytes.Case("origin that is deep", "must be JSON", Mean, Covariance, Text($"{new string('[', 5000)}{new string(']', 5000)}"));
        yield return ZipBytes.Case("origin that is no UTF-8", "valid text", Mean, Covariance, Text("{\"data\": \"\\ud800\"}"));
        yield return ZipBytes.Case("origin that is a list", "JSON object, but it is Array", Mean, Covariance, Text("[]"));
        yield return ZipBytes.Case("origin with a number for a text", "text as \"data\"", Mean, Covariance, Text("{\"data\": 3}"));
        yield return ZipBytes.Case("features without a name", "name its features", Mean, Covariance, Text("{\"features\": {\"width\": 2}}"));
        yield return ZipBytes.Case(
            "features of another width", "of 5 features, but are of 2", Mean, Covariance, Text("{\"features\": {\"name\": \"a\", \"width\": 5}}"));
        yield return ZipBytes.Case("features without a width", "width", Mean, Covariance, Text("{\"features\": {\"name\": \"a\", \"width\": 1e99}}"));
    }

    [TestCaseSource(nameof(Broken))]
    public void Load_OfABrokenFile_NamesItAndTheRule(byte[] bytes, string message)
    {
        var refusal = Hostile.ExpectRefused(folder.File("broken.npz", bytes), path => FeatureStatisticsFile.Load(path));
        Assert.That(refusal.Message, Does.Contain(message).And.Contains("broken.npz"));
    }

    [Test]
    public void Load_OfAFileCutAnywhere_IsRefused()
    {
        FeatureStatisticsFile.Save(folder.File("a.npz"), FeatureStatisticsFile.Load(folder.File("b.npz", ZipBytes.File([Mean, Covariance]))));
        var bytes = File.ReadAllBytes(folder.File("a.npz"));
        for (var length = 0; length < bytes.Length; length += 7)
            Hostile.ExpectRefused(folder.File("cut.npz", bytes.AsSpan(0, length)), path => FeatureStatisticsFile.Load(path));
    }

    [Test]
    public void Load_OfAFileWithAByteChanged_IsRefusedOrGivesFiniteNumbers()
    {
        FeatureStatisticsFile.Save(folder.File("a.npz"), FeatureStatisticsFile.Load(folder.File("b.npz", ZipBytes.File([Mean, Covariance]))));
        var bytes = File.ReadAllBytes(folder.File("a.npz"));
        var refused = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 0x55;
            try
            {
                FeatureStatisticsFile.Load(folder.File("changed.npz", bytes));
            }
            catch (DataFormatException)
            {
                refused++;
            }
            bytes[i] ^= 0x55;
        }
        Assert.That(refused, Is.GreaterThan(bytes.Length * 8 / 10), "only times and versions of the zip format are looked at by nobody");
    }

    [Test]
    public void Load_WithOtherArraysBeside_DoesNotReadThem()
    {
        // What it holds is no array at all, and larger than what may be decompressed.
        var images = NpyBytes.Deflated("arr_0.npy", new byte[200_000_000]);
        var loaded = FeatureStatisticsFile.Load(folder.File("a.npz", ZipBytes.File([images, Mean, Covariance])));
        Assert.That(loaded.Width, Is.EqualTo(2));
    }

    [Test]
    public void Load_WithMoreInTheOriginThanIsKnown_PassesItOver()
    {
        var origin = Text("{\"data\": \"a\", \"later\": {\"b\": [1]}, \"split\": null}");
        var loaded = FeatureStatisticsFile.Load(folder.File("a.npz", ZipBytes.File([Mean, Covariance, origin])));
        Assert.That(loaded.Origin, Is.EqualTo(new StatisticsOrigin { Data = "a" }));
    }

    private static ZipBytes Text(string json) => Array("origin", "|u1", $"({json.Length},)", Encoding.UTF8.GetBytes(json));

    private static ZipBytes Doubles(string name, string shape, params double[] values) =>
        Array(name, "<f8", shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    private static ZipBytes Array(string name, string type, string shape, byte[] values) =>
        new($"{name}.npy", NpyBytes.Of($"{{'descr': '{type}', 'fortran_order': False, 'shape': {shape}, }}", values));
}
