using System.Text.Json;

namespace Ddpm.Tests.Data.Numpy;

public class NumpyFileTests
{
    private const string Index = "files/numpy.json";
    private TemporaryFolder folder = null!;

    [SetUp] public void SetUp() => folder = new TemporaryFolder();

    [TearDown] public void TearDown() => folder.Dispose();

    private static IEnumerable<TestCaseData> Arrays() => Recordings.Cases(
        Index, () => Recordings.Index(Index).EnumerateObject().SelectMany(array =>
            new[] { array.Name + ".npy", "arrays.npz", "arrays-compressed.npz" }.Select(file => new object?[] { file, array.Name })), arguments: 2);

    [TestCaseSource(nameof(Arrays))]
    public void Read_OfWhatNumPyWrote_IsEqual(string path, string name)
    {
        var expected = Recordings.Index(Index).GetProperty(name);
        using var file = NumpyFile.Open(Recordings.At("files/" + path));
        var array = file.Read(file.IsZip ? name : "");
        Assert.That(array.Sizes, Is.EqualTo(expected.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())));
        Assert.That(array.ToArray<double>(), Is.EqualTo(expected.GetProperty("values_in_C_order").Numbers()));
        Assert.That(array.Type, Is.EqualTo(TypeOf(expected.GetProperty("dtype").GetString()!)));
    }

    [Test]
    public void Open_OfNpz_ListsTheArrays()
    {
        using var file = NumpyFile.Open(Recordings.At("files/arrays.npz"));
        Assert.That(file.Names, Is.EquivalentTo(Recordings.Index(Index).EnumerateObject().Select(array => array.Name)));
        Assert.That(() => file.Read("none"), Throws.TypeOf<DataFormatException>().With.Message.Contains("\"none\"").And.Message.Contains("\"u16\""));
    }

    // 2 x 3 x 4 of every width: the value at (i, j, k) lies at i + 2 j + 6 k.
    [TestCase("u1", 1)]
    [TestCase("u2", 2)]
    [TestCase("u4", 4)]
    [TestCase("u8", 8)]
    public void Read_OfColumnsFirst_TurnsThem(string type, int bytes)
    {
        var values = Enumerable.Range(0, 24).SelectMany(i => new byte[bytes - 1].Append((byte)i)).ToArray();
        var path = folder.File("a.npy", NpyBytes.Of($"{{'descr': '>{type}', 'fortran_order': True, 'shape': (2, 3, 4), }}", values));
        using var file = NumpyFile.Open(path);
        Assert.That(
            file.Read("").ToArray<int>(),
            Is.EqualTo(from i in Enumerable.Range(0, 2) from j in Enumerable.Range(0, 3) from k in Enumerable.Range(0, 4) select i + 2 * j + 6 * k));
    }

    [TestCase("{'descr': '<f8', 'fortran_order': False, 'shape': (1L, 1L), }", ExpectedResult = null, TestName = "Read_OfPython2_Succeeds")]
    [TestCase("{\"shape\":(1,),\"descr\":\"=f8\"}", TestName = "Read_OfAnotherOrderMark_IsRefused", ExpectedResult = "\"=f8\"")]
    [TestCase("{ 'shape' : ( ) , 'fortran_order':False,\"descr\" : '<f8' }", ExpectedResult = null, TestName = "Read_OfASingleValue_Succeeds")]
    [TestCase("{'descr': '<f8', 'fortran_order': False, 'shape': (1), }", ExpectedResult = "comma", TestName = "Read_OfASizeThatIsNoTuple_IsRefused")]
    [TestCase("{'descr': '<f8', 'fortran_order': False, 'shape': (01,), }", ExpectedResult = "size", TestName = "Read_OfALeadingZero_IsRefused")]
    [TestCase("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }", ExpectedResult = "size", TestName = "Read_OfANegativeSize_IsRefused")]
    [TestCase("{'descr': '<f8', 'fortran_order': False, 'shape': (1 1), }", ExpectedResult = "comma", TestName = "Read_WithoutAComma_IsRefused")]
    [TestCase("{'descr': '<f8', 'fortran_order': 0, 'shape': (1,), }", ExpectedResult = "True or False", TestName = "Read_OfAnOrder0_IsRefused")]
    [TestCase("{'descr': '<f8', 'shape': (1,), }", ExpectedResult = "fortran_order", TestName = "Read_WithoutTheOrder_IsRefused")]
    [TestCase("{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", ExpectedResult = "once",
        TestName = "Read_OfAKeyTwice_IsRefused")]
    [TestCase("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'x': 1}", ExpectedResult = "\"x\"", TestName = "Read_OfAnotherKey_IsRefused")]
    [TestCase("{'descr': '<f\\x38', 'fortran_order': False, 'shape': (1,), }", ExpectedResult = "backslash", TestName = "Read_OfAnEscape_IsRefused")]
    [TestCase("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,), }", ExpectedResult = "records",
        TestName = "Read_OfRecords_IsRefused")]
    [TestCase("{'descr': '<c16', 'fortran_order': False, 'shape': (1,), }", ExpectedResult = "\"<c16\"", TestName = "Read_OfComplex_IsRefused")]
    [TestCase("{'descr': '<U2', 'fortran_order': False, 'shape': (1,), }", ExpectedResult = "\"<U2\"", TestName = "Read_OfText_IsRefused")]
    [TestCase("{'descr': '|f8', 'fortran_order': False, 'shape': (1,), }", ExpectedResult = "\"|f8\"", TestName = "Read_WithoutAByteOrder_IsRefused")]
    [TestCase("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }", ExpectedResult = "fill", TestName = "Read_OfTooFewValues_IsRefused")]
    [TestCase("{'descr': '<f8', 'fortran_order': False, 'shape': (0, 4611686018427387904, 4611686018427387904), }", ExpectedResult = "fill",
        TestName = "Read_OfAProductThatOverflows_IsRefused")]
    [TestCase("{'descr': '<f8', 'fortran_order': False, 'shape': (9223372036854775808,), }", ExpectedResult = "2^63",
        TestName = "Read_OfSize2To63_IsRefused")]
    [TestCase("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), } x", ExpectedResult = "line feed",
        TestName = "Read_OfMoreAfterTheHeader_IsRefused")]
    [TestCase("__import__('os').system('true')", ExpectedResult = "must follow", TestName = "Read_OfAProgram_IsRefused")]
    public string? Read_OfAHeader(string header)
    {
        var path = folder.File("a.npy", NpyBytes.Of(header, BitConverter.GetBytes(3.5)));
        try
        {
            using var file = NumpyFile.Open(path);
            Assert.That(file.Read("").ToArray<double>(), Is.EqualTo(new[] { 3.5 }));
            return null;
        }
        catch (DataFormatException refusal)
        {
            var expected = (string?)TestContext.CurrentContext.Test.ExpectedResult;
            Assert.That(refusal.Message, Does.Contain(expected ?? "nothing to be refused"));
            Assert.That(refusal.File, Is.EqualTo(path));
            return expected;
        }
    }

    [Test]
    public void Read_OfPythonsObjects_IsRefusedByName() => Assert.That(
        () => { using var file = NumpyFile.Open(Recordings.At("files/refuse-object.npy")); file.Read(""); },
        Throws.TypeOf<DataFormatException>().With.Message.Contains("\"|O\"").And.Message.Contains("Python's objects"));

    [Test]
    public void Read_Of65Axes_IsRefused() => Assert.That(
        () =>
        {
            var header = $"{{'descr': '|u1', 'fortran_order': False, 'shape': ({string.Concat(Enumerable.Repeat("1, ", 65))}), }}";
            using var file = NumpyFile.Open(folder.File("a.npy", NpyBytes.Of(header, [1])));
            file.Read("");
        },
        Throws.TypeOf<DataFormatException>().With.Message.Contains("64 axes"));

    [Test]
    public void Read_OfATruthValue2_IsRefused() => Assert.That(
        () =>
        {
            var array = NpyBytes.Of("{'descr': '|b1', 'fortran_order': False, 'shape': (3,), }", [0, 1, 2]);
            using var file = NumpyFile.Open(folder.File("a.npy", array));
            file.Read("");
        },
        Throws.TypeOf<DataFormatException>().With.Message.Contains("0 or 1"));

    private static NumberType TypeOf(string dtype) => dtype switch
    {
        "uint8" => NumberType.UInt8,
        "uint16" => NumberType.UInt16,
        "int64" => NumberType.Int64,
        "float32" or ">f4" => NumberType.Single,
        "float64" => NumberType.Double,
        "bool" => NumberType.Bool,
        _ => throw new JsonException(dtype),
    };
}
