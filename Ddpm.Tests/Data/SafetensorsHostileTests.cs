using System.Buffers.Binary;
using System.Text;

namespace Ddpm.Tests.Data;

public class SafetensorsHostileTests
{
    private TemporaryFolder folder = null!;

    [SetUp] public void SetUp() => folder = new TemporaryFolder();

    [TearDown] public void TearDown() => folder.Dispose();

    [TestCase("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", 2)]
    [TestCase("""{"a":{"data_offsets":[2,4],"shape":[2],"dtype":"U8"},"":{"dtype":"U8","shape":[1,2],"data_offsets":[0,2]}}   """, 4)]
    [TestCase("""{"e":{"dtype":"U8","shape":[0,4611686018427387904],"data_offsets":[0,0]}}""", 0)]
    [TestCase("""{"e":{"dtype":"U8","shape":[0,3],"data_offsets":[1,1]},"a":{"dtype":"U8","shape":[],"data_offsets":[0,1]}}""", 1)]
    public void ReadAll_OfAHandMadeFile_Succeeds(string json, int data) => Assert.That(() => Hostile.ReadAll(Made(json, data)), Throws.Nothing);

    private static IEnumerable<TestCaseData> Broken()
    {
        static TestCaseData Case(string name, string json, int data = 2) => new TestCaseData(json, data).SetArgDisplayNames(name);
        static string One(string shape = "[2]", string offsets = "[0,2]", string dtype = "\"U8\"") =>
            $$$"""{"a":{"dtype":{{{dtype}}},"shape":{{{shape}}},"data_offsets":{{{offsets}}}}}""";
        const string A = """{"dtype":"U8","shape":[2],"data_offsets":[0,2]}""";
        yield return Case("space first", " " + One());
        yield return Case("newline after", One() + "\n");
        yield return Case("second object", One() + "{}");
        yield return Case("array", "[]");
        yield return Case("cut", One()[..^1]);
        yield return Case("trailing comma", One()[..^1] + ",}");
        yield return Case("comment", One()[..^1] + "/**/}");
        yield return Case("too deep", """{"a":{"shape":[[2]],"dtype":"U8","data_offsets":[0,2]}}""");
        yield return Case("deep", string.Concat(Enumerable.Repeat("{\"a\":", 10_000)));
        yield return Case("hole at the start", One(offsets: "[1,3]"), 3);
        yield return Case("hole", $$$"""{"a":{{{A}}},"b":{"dtype":"U8","shape":[1],"data_offsets":[3,4]}}""", 4);
        yield return Case("overlap", $$$"""{"a":{{{A}}},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}""", 3);
        yield return Case("the same bytes twice", $$$"""{"a":{{{A}}},"b":{{{A}}}}""");
        yield return Case("data missing", One(), 1);
        yield return Case("data left over", One(), 3);
        yield return Case("duplicate name", $$$"""{"a":{{{A}}},"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}""");
        yield return Case("duplicate name, escaped", $$$"""{"a":{{{A}}},"\u0061":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}""");
        yield return Case("duplicate key", """{"a":{"dtype":"U8","dtype":"U8","shape":[2],"data_offsets":[0,2]}}""");
        yield return Case("duplicate metadata", """{"__metadata__":{"x":"1","x":"1"}}""", 0);
        yield return Case("two metadata", """{"__metadata__":{},"__metadata__":{}}""", 0);
        yield return Case("null metadata", """{"__metadata__":null}""", 0);
        yield return Case("metadata of numbers", """{"__metadata__":{"x":1}}""", 0);
        yield return Case("unknown key", """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2],"x":1}}""");
        yield return Case("key of half a surrogate pair", """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2],"\ud800":1}}""");
        yield return Case("key of half a surrogate pair first", """{"a":{"\ud800x":1,"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""");
        yield return Case("dtype of half a surrogate pair", One(dtype: "\"\\udc00\""));
        yield return Case("17 MB of metadata", $$$"""{"__metadata__":{"x":"{{{new string('x', 17 << 20)}}}"}}""", 0);
        yield return Case("no shape", """{"a":{"dtype":"U8","data_offsets":[0,2]}}""");
        yield return Case("null entry", """{"a":null}""", 0);
        yield return Case("negative", One("[-2]"));
        yield return Case("minus zero", One("[2,-0]", "[0,0]"), 0);
        yield return Case("leading zero", One("[02]"));
        yield return Case("exponent", One("[2e0]"));
        yield return Case("point", One("[2.0]"));
        yield return Case("text number", One("[\"2\"]"));
        yield return Case("beyond 63 bits", One("[9223372036854775808]"));
        yield return Case("product overflows to 2", One("[4611686018427387905,4]", dtype: "\"F64\""));
        yield return Case("product overflows beside 0", One("[0,4611686018427387904,4611686018427387904]", "[0,0]"), 0);
        yield return Case("offsets near 2^63", One("[2]", "[9223372036854775805,9223372036854775807]"));
        yield return Case("offsets reversed", One("[0]", "[2,0]"));
        yield return Case("three offsets", One(offsets: "[0,1,2]"));
        yield return Case("size of another type", One(dtype: "\"F32\""));
        yield return Case("lower case type", One(dtype: "\"u8\""));
        yield return Case("complex type", One("[1]", "[0,8]", "\"C64\""), 8);
        yield return Case("number as type", One(dtype: "1"));
        yield return Case("lone surrogate", """{"\ud800":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""");
        yield return Case("65 dimensions", One("[2" + string.Concat(Enumerable.Repeat(",1", 64)) + "]"));
        var many = Enumerable.Range(0, 100_001).Select(i => $$$"""  "{{{i}}}":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}""");
        yield return Case("100,001 tensors", "{" + string.Join(",", many) + "}", 0);
    }

    [TestCaseSource(nameof(Broken))]
    public void Open_OfABrokenHeader_IsRefused(string json, int data) =>
        Hostile.ExpectRefused(Made(json, data), path => SafetensorsFile.Open(path).Dispose());

    [Test]
    public void Open_OfBytesThatAreNotUtf8_IsRefused() =>
        Assert.That(
            () => SafetensorsFile.Open(Made([.. "{\"__metadata__\":{\"x\":\""u8, 0xC0, 0x80, .. "\"}}"u8], 0)),
            Throws.TypeOf<DataFormatException>());

    [TestCase(0UL)]
    [TestCase(1UL)]
    [TestCase(3UL)]
    [TestCase(100_000_001UL)]
    [TestCase(1UL << 62)]
    [TestCase(ulong.MaxValue)]
    public void Open_OfAHeaderLengthBeyondTheFile_IsRefused(ulong length)
    {
        var bytes = new byte[10];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        "{}"u8.CopyTo(bytes.AsSpan(8));
        var path = folder.File("length", bytes);
        Assert.That(() => SafetensorsFile.Open(path), Throws.TypeOf<DataFormatException>().With.Property("Offset").EqualTo(0));
    }

    [Test]
    public void Read_OfABoolThatIsTwo_NamesItsPlace()
    {
        var bytes = Bytes(Encoding.UTF8.GetBytes("""{"a":{"dtype":"BOOL","shape":[3],"data_offsets":[0,3]}}"""), 3);
        bytes[^1] = 2;
        using var file = SafetensorsFile.Open(folder.File("bool", bytes));
        Assert.That(() => file.Read("a"), Throws.TypeOf<DataFormatException>().With.Property("Offset").EqualTo(bytes.Length - 1));
    }

    [TestCase("U16", 2)]
    [TestCase("U32", 4)]
    [TestCase("U64", 8)]
    public void Read_OfATypeThatTorchSharpLacks_IsListedButRefused(string code, int size)
    {
        using var file = SafetensorsFile.Open(Made($$$"""{"a":{"dtype":"{{{code}}}","shape":[1],"data_offsets":[0,{{{size}}}]}}""", size));
        Assert.That(file.Entries.Single(), Has.Property("Code").EqualTo(code).And.Property("Type").Null);
        Assert.That(() => file.Read("a"), Throws.TypeOf<NotSupportedException>().With.Message.Contains(code));
    }

    [Test]
    public void Open_OfAFileCutAnywhere_IsRefused()
    {
        var whole = File.ReadAllBytes(Recordings.At("files/all-types.safetensors"));
        for (var length = 0; length < whole.Length; length++)
        {
            var path = folder.File("cut", whole.AsSpan(0, length));
            Assert.That(() => SafetensorsFile.Open(path), Throws.TypeOf<DataFormatException>(), $"{length} bytes");
        }
    }

    private string Made(string json, int data) => Made(Encoding.UTF8.GetBytes(json), data);

    private string Made(byte[] json, int data) => folder.File("made", Bytes(json, data));

    private static byte[] Bytes(byte[] json, int data)
    {
        var bytes = new byte[8 + json.Length + data];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, json.Length);
        json.CopyTo(bytes, 8);
        return bytes;
    }
}
