using System.Text.Json;

namespace Ddpm.Tests.Data;

public class MatFileTests
{
    private TemporaryFolder folder = null!;

    [SetUp] public void SetUp() => folder = new TemporaryFolder();

    [TearDown] public void TearDown() => folder.Dispose();

    // Written by SciPy; what it holds is beside it as JSON.
    [TestCase("files/v5.mat")]
    [TestCase("files/v5-compressed.mat")]
    public void Read_OfTheOriginal_GivesEveryValue(string file)
    {
        var recorded = Recordings.Index("files/mat.json").EnumerateObject().ToList();
        var values = MatFile.Read(Recordings.At(file));
        Assert.That(values.Keys, Is.EqualTo(recorded.Select(item => item.Name)));
        foreach (var item in recorded)
            Compare(values[item.Name], item.Value, item.Name);
        foreach (var (name, type) in Classes(recorded))
            Assert.That((((MatNumericArray)values[name]).Class, ((MatNumericArray)values[name]).IsLogical), Is.EqualTo(type), name);
    }

    [TestCase("files/v5.mat")]
    [TestCase("files/v5-compressed.mat")]
    public void List_OfTheOriginal_GivesNamesClassesAndSizes(string file)
    {
        var variables = MatFile.List(Recordings.At(file));
        var recorded = Recordings.Index("files/mat.json").EnumerateObject().ToList();
        Assert.That(variables.Select(variable => variable.Name), Is.EqualTo(recorded.Select(item => item.Name)));
        foreach (var (variable, item) in variables.Zip(recorded))
        {
            if (item.Value.Find("shape") is { } shape)
                Assert.That(variable.Dimensions, Is.EqualTo(shape.Integers()), item.Name);
            var kind = item.Value.Find("sparse") is not null ? MatClass.Sparse
                : item.Value.Find("cell") is not null ? MatClass.Cell
                : item.Value.Find("struct") is not null ? MatClass.Struct
                : item.Value.Find("text") is not null ? MatClass.Char
                : variable.Class;
            Assert.That(variable.Class, Is.EqualTo(kind), item.Name);
        }
    }

    // The broken variable would be refused if it were decoded.
    [TestCase(false)]
    [TestCase(true)]
    public void Read_OfWantedNames_PassesOverTheOthers(bool compressed)
    {
        var mat = new MatBytes();
        var broken = mat.Matrix(6, [1, 1], "broken", mat.Element(99, [1, 2, 3]));
        var wanted = mat.Matrix(6, [1, 1], "wanted", mat.Element(9, mat.Doubles(4.5)));
        var path = folder.File("two.mat", mat.File(compressed ? mat.Compressed(broken) : broken, compressed ? mat.Compressed(wanted) : wanted));
        var values = MatFile.Read(path, ["wanted", "absent"]);
        Assert.That(values.Keys, Is.EqualTo(new[] { "wanted" }));
        Assert.That(Doubles(values["wanted"]), Is.EqualTo(new[] { 4.5 }));
        Assert.That(() => MatFile.Read(path), Throws.TypeOf<DataFormatException>());
    }

    [Test]
    public void Read_InEitherByteOrderCompressedOrNot_GivesTheSame([Values] bool bigEndian, [Values] bool compressed)
    {
        var mat = new MatBytes(bigEndian);
        byte[][] elements =
        [
            mat.Matrix(6, [1, 2], "doubles", mat.Element(9, mat.Doubles(1.5, -2))),
            mat.Matrix(6, [1, 2], "narrow", mat.Small(3, mat.Numbers<short>(-300, 7))),
            mat.Matrix(7, [2, 1], "single", mat.Element(7, mat.Floats(0.25f, -8))),
            mat.Matrix(15, [1, 1], "big", mat.Element(13, mat.Numbers(ulong.MaxValue))),
            mat.MatrixWithFlags(0x080C, [1, 2], "complex", mat.Element(5, mat.Numbers(1, -2)), mat.Element(5, mat.Numbers(3, -4))),
            mat.Matrix(4, [2, 3], "rows", mat.Element(4, mat.Numbers<ushort>('a', 'd', 'b', 'é', 'c', 'f'))),
            mat.Matrix(4, [1, 3], "utf32", mat.Element(18, mat.Numbers('x', 0x1F600u, 'y'))),
            mat.Matrix(4, [1, 2], "latin", mat.Small(2, [0xE9, (byte)'!'])),
            mat.Matrix(4, [1, 3], "spaces", mat.Element(17, [])),
            mat.MatrixWithFlags(
                0x0205, [4, 2], "sparse", mat.Element(5, mat.Numbers(1, 3, 0, 9)), mat.Element(5, mat.Numbers(0, 2, 3)), mat.Small(9, [1, 1, 1])),
            mat.Matrix(1, [1, 2], "cell", mat.Element(14, []), mat.Matrix(9, [1, 1], "", mat.Small(2, [5]))),
        ];
        var path = folder.File("made.mat", mat.File(compressed ? [.. elements.Select(mat.Compressed)] : elements));
        var values = MatFile.Read(path);

        Assert.That(Doubles(values["doubles"]), Is.EqualTo(new[] { 1.5, -2 }));
        Assert.That(Doubles(values["narrow"]), Is.EqualTo(new[] { -300.0, 7 }));
        Assert.That(((MatNumericArray)values["narrow"]).Real.Type, Is.EqualTo(MatNumberType.Int16));
        Assert.That(Doubles(values["single"]), Is.EqualTo(new[] { 0.25, -8 }));
        Assert.That(((MatNumericArray)values["big"]).Real.ToArray<ulong>(), Is.EqualTo(new[] { ulong.MaxValue }));
        Assert.That(() => ((MatNumericArray)values["big"]).Real.ToArray<long>(), Throws.TypeOf<OverflowException>());
        Assert.That(((MatNumericArray)values["complex"]).Imaginary!.ToArray<int>(), Is.EqualTo(new[] { 3, -4 }));
        Assert.That(((MatCharArray)values["rows"]).Row(0), Is.EqualTo("abc"));
        Assert.That(((MatCharArray)values["rows"]).Row(1), Is.EqualTo("déf"));
        Assert.That(values["utf32"].ToString(), Is.EqualTo("x😀y"));
        Assert.That(values["latin"].ToString(), Is.EqualTo("é!"));
        Assert.That(values["spaces"].ToString(), Is.EqualTo("   "));
        var sparse = (MatSparseArray)values["sparse"];
        Assert.That(sparse.RowIndices, Is.EqualTo(new[] { 1, 3, 0 }));
        Assert.That(sparse.ColumnStarts, Is.EqualTo(new[] { 0, 2, 3 }));
        Assert.That(sparse.Real.ToArray<int>(), Is.EqualTo(new[] { 1, 1, 1 }));
        var cells = ((MatCellArray)values["cell"]).Cells;
        Assert.That(cells[0].Dimensions, Is.EqualTo(new[] { 0, 0 }));
        Assert.That(Doubles(cells[1]), Is.EqualTo(new[] { 5.0 }));
    }

    [Test]
    public void Read_OfStructArraysAndObjects_KeepsOrderAndFirstName()
    {
        var mat = new MatBytes();
        byte[] Value(byte value) => mat.Matrix(9, [1, 1], "", mat.Small(2, [value]));
        byte[][] fields =
        [
            mat.Small(5, mat.Numbers(2)), mat.Element(1, "a\0b\0a\0"u8.ToArray()), .. Enumerable.Range(1, 6).Select(i => Value((byte)i)),
        ];
        var path = folder.File("struct.mat", mat.File(
            mat.Matrix(2, [1, 2], "s", fields),
            mat.Matrix(3, [1, 2], "o", [mat.Element(1, "inline"u8.ToArray()), .. fields]),
            mat.Matrix(2, [int.MaxValue, int.MaxValue], "bare", mat.Small(5, mat.Numbers(1)), mat.Element(1, []))));
        var values = MatFile.Read(path);
        foreach (var item in new[] { (MatStructArray)values["s"], (MatStructArray)values["o"] })
        {
            Assert.That(item.FieldNames, Is.EqualTo(new[] { "a", "b", "a" }));
            Assert.That(Doubles(item.Field("a")), Is.EqualTo(new[] { 1.0 }));
            Assert.That(Doubles(item.Field("b", 1)), Is.EqualTo(new[] { 5.0 }));
            Assert.That(() => item.Field("c"), Throws.TypeOf<KeyNotFoundException>());
            Assert.That(() => item.Field("a", 2), Throws.TypeOf<ArgumentOutOfRangeException>());
        }
        Assert.That(((MatStructArray)values["o"]).ClassName, Is.EqualTo("inline"));
        Assert.That(((MatStructArray)values["bare"]).FieldNames, Is.Empty);
    }

    [Test]
    public void Read_OfFunctionsAndOpaqueObjects_ReportsAndPassesOver()
    {
        var mat = new MatBytes();
        byte[] Name(string name) => mat.Element(1, System.Text.Encoding.ASCII.GetBytes(name));
        var opaque = mat.Element(14, [.. mat.Element(6, mat.Numbers(17u, 0u)), .. Name("t"), .. Name("MCOS"), .. Name("string"), .. new byte[16]]);
        var function = mat.Matrix(16, [1, 1], "f", mat.Element(14, new byte[24]));
        var hidden = mat.Matrix(9, [1, 3], "", mat.Small(99, [1, 2, 3]));
        var last = mat.Matrix(9, [1, 1], "last", mat.Small(2, [1]));
        var bytes = mat.File(opaque, mat.Compressed(function), hidden, last);
        mat.Numbers(bytes.Length - hidden.Length - last.Length + 0L).CopyTo(bytes, 116);
        var values = MatFile.Read(folder.File("odd.mat", bytes));
        Assert.That(values.Keys, Is.EqualTo(new[] { "t", "f", "last" }));
        Assert.That(((MatUnsupported)values["t"]).What, Does.Contain("string"));
        Assert.That(((MatUnsupported)values["f"]).What, Is.EqualTo("function handle"));
    }

    [TestCase("files/v4.mat", "level 4")]
    [TestCase("files/v73.mat", "level 7.3")]
    public void Read_OfAnotherLevel_NamesTheLevel(string file, string level)
    {
        var path = Recordings.At(file);
        Assert.That(() => MatFile.Read(path), Throws.TypeOf<DataFormatException>().With.Message.Contains(level));
    }

    [Test]
    public void Read_OfNoFile_NamesThePath() =>
        Assert.That(() => MatFile.Read(folder.File("none.mat")), Throws.TypeOf<FileNotFoundException>().With.Message.Contains("none.mat"));

    // The classes of MATLAB by NumPy's names; bool is uint8, marked as logical.
    private static IEnumerable<(string Name, (MatClass Class, bool IsLogical))> Classes(IEnumerable<JsonProperty> recorded) => recorded
        .Where(item => item.Value.Find("dtype") is not null)
        .Select(item => (item.Name, item.Value.FindText("dtype") switch
        {
            "bool" => (MatClass.UInt8, true),
            "uint8" => (MatClass.UInt8, false),
            "int32" => (MatClass.Int32, false),
            "int64" => (MatClass.Int64, false),
            "float32" => (MatClass.Single, false),
            _ => (MatClass.Double, false),
        }));

    // All types here fit a double exactly, and JSON keeps doubles exactly.
    private static void Compare(MatValue value, JsonElement expected, string name)
    {
        if (expected.TryGetProperty("text", out var text))
            Assert.That(value.ToString(), Is.EqualTo(text.GetString()), name);
        else if (expected.TryGetProperty("cell", out var cells))
            foreach (var (cell, item) in ((MatCellArray)value).Cells.Zip(cells.EnumerateArray().ToList()))
                Compare(cell, item, name);
        else if (expected.TryGetProperty("struct", out var fields))
            foreach (var field in fields.EnumerateObject())
                Compare(((MatStructArray)value).Field(field.Name), field.Value, $"{name}.{field.Name}");
        else if (expected.TryGetProperty("sparse", out var dense))
            Assert.That(Dense((MatSparseArray)value), Is.EqualTo(Values(dense, "values_columns_first")), name);
        else
        {
            Assert.That(value.Dimensions, Is.EqualTo(Values(expected, "shape")), name);
            Assert.That(Doubles(value), Is.EqualTo(Values(expected, "values_columns_first")), name);
            var imaginary = expected.TryGetProperty("imaginary_columns_first", out _) ? Values(expected, "imaginary_columns_first") : null;
            Assert.That(((MatNumericArray)value).Imaginary?.ToArray<double>(), Is.EqualTo(imaginary), name);
        }
    }

    private static double[] Dense(MatSparseArray sparse)
    {
        var dense = new double[sparse.Dimensions[0] * sparse.Dimensions[1]];
        var values = sparse.Real.ToArray<double>();
        for (var column = 0; column < sparse.Dimensions[1]; column++)
            for (var i = sparse.ColumnStarts[column]; i < sparse.ColumnStarts[column + 1]; i++)
                dense[column * sparse.Dimensions[0] + sparse.RowIndices[i]] = values[i];
        return dense;
    }

    private static double[] Values(JsonElement item, string property) =>
        [.. item.GetProperty(property).EnumerateArray().Select(value => value.GetDouble())];

    private static double[] Doubles(MatValue value) => ((MatNumericArray)value).Real.ToArray<double>();
}
