using System.Buffers.Binary;
using System.Numerics;
using static Ddpm.Tests.Data.PickleBytes;
using static TorchSharp.torch;

namespace Ddpm.Tests.Data;

/// <summary>Pickles made by hand that are as they should be, at the edge of what is allowed; in a zip file and in the older format.</summary>
public class PickleTests
{
    private TemporaryFolder folder = null!;

    [SetUp] public void SetUp() => folder = new TemporaryFolder();

    [TearDown] public void TearDown() => folder.Dispose();

    private static IEnumerable<TestCaseData> Cases()
    {
        foreach (var legacy in new[] { false, true })
        {
            TestCaseData Case(string name, string listed, params byte[][] pieces) =>
                new TestCaseData(legacy, Program(pieces), listed).SetArgDisplayNames(legacy ? "legacy" : "zip", name);
            var storage = Storage(legacy: legacy);
            var tensor = Tensor(0, [4], [1], storage);
            byte[] Rebuilt(params byte[][] more) => Call(
                Global("torch._utils", "_rebuild_tensor_v2"), [storage, Int(0), Sizes(4), Sizes(1), False, OrderedDict(), .. more]);

            yield return Case("no tensors", "", Dict(Text("a"), Int(1)));
            yield return Case("a tensor", "/", tensor);
            yield return Case("a tensor with empty notes", "/", Rebuilt(EmptyDict));
            yield return Case("a tensor with notes None", "/", Rebuilt(None));
            yield return Case("a parameter", "/", Call(Global("torch._utils", "_rebuild_parameter"), tensor, True, OrderedDict()));
            yield return Case("a list", "/0", List(tensor));
            yield return Case("nested lists", "0/0 1/1", List(List(tensor), Tuple(None, tensor)));
            yield return Case("integer keys", "/7", Dict(Int(7), tensor));
            yield return Case("key None", "/None", Dict(None, tensor));
            yield return Case("pairs", "/a", OrderedDict(List(Tuple(Text("a"), tensor))));
            yield return Case("pairs as lists", "/a", OrderedDict(List(List(Text("a"), tensor))));
            yield return Case("version notes", "/w", OrderedDict(List(Tuple(Text("w"), tensor))), Dict(Text("_metadata"), OrderedDict()), Build);
            yield return Case("other things beside", "/w", Dict(
                Text("w"), tensor,
                Text("size"), Call(Global("torch", "Size"), Sizes(2, 3)),
                Text("device"), Call(Global("torch", "device"), Text("cuda"), Int(1)),
                Text("type"), Global("torch", "float16"),
                Text("set"), Call(Global("__builtin__", "set"), List(Int(1), Text("1"))),
                Text("large"), Int(BigInteger.One << 70)));
            yield return Case(
                "keys that only look alike", "", Dict(Int(1), None, Text("1"), None, Float(1.5), None, Float(double.PositiveInfinity), None));
            yield return Case(
                "text of Python 2", "/w",
                EmptyDict, [(byte)'U', 1, (byte)'w'], tensor, SetItem, [(byte)'T', 1, 0, 0, 0, (byte)'v'], None, SetItem);
            yield return Case("one tensor twice", "a/w b/w", Dict(Text("a"), Join(Dict(Text("w"), tensor), Put(3)), Text("b"), Get(3)));
            yield return Case("64 deep", string.Join('.', Enumerable.Repeat("0", 64)) + "/0", tensor, Repeat(65, [0x85]));
            yield return Case("1,024 marks", "/w", Repeat(1024, Mark), Repeat(1024, "1"u8.ToArray()), Dict(Text("w"), tensor));
            yield return Case("a set of 50,000", "", Call(Global("__builtin__", "set"), List([.. Enumerable.Range(0, 50_000).Select(i => Int(i))])));
            yield return Case("sizes of one, any stride", "/", Tensor(3, [1, 1, 1], [BigInteger.One << 62, 0, (BigInteger.One << 63) - 1], storage));
            var ones = Enumerable.Repeat(BigInteger.One, 63);
            yield return Case("64 dimensions", "/", Tensor(0, [.. ones, 4], [.. ones, 1], storage));
            yield return Case("nothing, at the end", "/", Tensor(4, [0, BigInteger.One << 60], [1, 1], storage));
            byte[] foreign = [.. Global("argparse", "Namespace"), .. Tuple(), 0x81], pop = [(byte)'0'], popMark = [(byte)'1'];
            yield return Case("a foreign object beside", "/w",
                Dict(Text("args"), Join(foreign, Dict(Text("lr"), Float(1e-4), Text("self"), EmptyDict), Build), Text("w"), tensor));
            yield return Case("a foreign call beside", "/w", Dict(
                Text("w"), tensor, Text("best"), Call(Global("numpy", "float64"), Call(Global("numpy", "dtype"), Text("f8")), Tuple(tensor))));
            yield return Case("a foreign function beside", "/w", Dict(Text("w"), tensor, Text("hook"), Global("os", "system")));
            yield return Case("a foreign object with itself in its state", "/w", Dict(
                Text("w"), tensor, Text("args"), Join(foreign, Put(7), Dict(Text("self"), Get(7)), Build)));
            yield return Case("a class derived from OrderedDict", "model/w",
                Dict(Text("model"), Join(Global("a", "MyDict"), Tuple(), Reduce, Text("w"), tensor, SetItem, Dict(Text("note"), None), Build)));
            yield return Case("a dict with a default", "state/0",
                Dict(Text("state"), Join(Call(Global("collections", "defaultdict"), Global("__builtin__", "dict")), Int(0), tensor, SetItem)));
            yield return Case("a class derived from list", "0/1", List(Join(foreign, Mark, None, tensor, Appends)));
            yield return Case("keys without a name", "/w b/w", Dict(
                Tuple(Int(1), Text("a")), tensor, Text("w"), tensor, foreign, Dict(Text("w"), tensor), Text("b"), Dict(Text("w"), tensor)));
            yield return Case("a set of tuples", "/w", Dict(
                Text("w"), tensor, Text("set"), Call(Global("__builtin__", "set"), List(Tuple(Int(1)), Tuple(Int(1)), foreign))));
            yield return Case("what is taken away again", "/w", None, pop, Mark, None, None, popMark, Dict(Text("w"), tensor));
            yield return Case("a parameter with attributes", "/w", Dict(Text("w"), Call(
                Global("torch._utils", "_rebuild_parameter_with_state"), tensor, True, OrderedDict(), Dict(Text("note"), Int(1)))));
            yield return Case("a tensor of a class of its own", "/w", Dict(Text("w"), Call(
                Global("torch._tensor", "_rebuild_from_type_v2"), Global("torch._utils", "_rebuild_tensor_v2"), Global("a", "MyTensor"),
                Tuple(storage, Int(0), Sizes(4), Sizes(1), False, OrderedDict()), Dict(Text("note"), foreign))));
            if (legacy)
                yield return Case("a class with its source", "/w", Dict(Text("w"), tensor, Text("net"), Join(
                    Tuple(Text("module"), Global("nets", "Net"), Text("nets.py"), Text("class Net: pass")), "Q"u8.ToArray())));
            yield return Case("uint16 of bytes", "/", TypedTensor("uint16", 8, bytes: 16, legacy));
            yield return Case("bfloat16 of bytes", "/", TypedTensor("bfloat16", 2, bytes: 16, legacy));
        }
    }

    /// <summary><paramref name="listed"/>: the tensors as key/name, in the order of the file.</summary>
    [TestCaseSource(nameof(Cases))]
    public void Open_OfASoundPickle_ListsItsTensors(bool legacy, byte[] pickle, string listed)
    {
        var path = folder.File("sound.pth", legacy ? PytorchBytes.LegacyOf(pickle) : PytorchBytes.Zip(pickle));
        using (var file = PytorchFile.Open(path))
            Assert.That(
                string.Join(' ', file.Dictionaries.SelectMany(dictionary => dictionary.Entries.Select(entry => $"{dictionary.Key}/{entry.Name}"))),
                Is.EqualTo(listed));
        Hostile.ReadAll(path);
    }

    // A tuple is no name; whoever lists the file is told that there is more.
    [Test]
    public void HoldsOnlyTensors_WithAKeyThatIsNoName_IsFalse()
    {
        byte[] Of(params byte[][] more) => PytorchBytes.Zip(Program(Dict([Text("w"), Tensor(0, [4], [1]), .. more])));
        using var plain = PytorchFile.Open(folder.File("plain.pth", Of()));
        using var more = PytorchFile.Open(folder.File("more.pth", Of(Tuple(Int(1)), Tensor(0, [4], [1]))));
        Assert.That((plain.Dictionaries.Single().HoldsOnlyTensors, more.Dictionaries.Single().HoldsOnlyTensors), Is.EqualTo((true, false)));
    }

    private static IEnumerable<TestCaseData> Views()
    {
        static TestCaseData Case(int offset, BigInteger[] sizes, BigInteger[] strides, params float[] values) => new(offset, sizes, strides, values);
        yield return Case(0, [4], [1], 0, 1, 2, 3);
        yield return Case(1, [], [], 1);
        yield return Case(0, [2, 2], [1, 2], 0, 2, 1, 3);
        yield return Case(1, [2], [2], 1, 3);
        yield return Case(2, [2, 3], [1, 0], 2, 2, 2, 3, 3, 3);
        yield return Case(0, [3, 2], [1, 1], 0, 1, 1, 2, 2, 3);
        yield return Case(3, [1, 2, 1], [7, 0, 9], 3, 3);
        yield return Case(0, [2, 1, 1, 2], [2, 5, 0, 1], 0, 1, 2, 3);
        yield return Case(4, [0], [1]);
    }

    // Little- and big-endian; of the storage 0, 1, 2, 3.
    [TestCaseSource(nameof(Views))]
    public void Read_OfAView_GivesWhatItShows(int offset, BigInteger[] sizes, BigInteger[] strides, float[] values)
    {
        foreach (var order in new[] { "little", "big" })
        {
            var bytes = new byte[16];
            for (var i = 0; i < 4; i++)
                if (order == "big")
                    BinaryPrimitives.WriteSingleBigEndian(bytes.AsSpan(4 * i), i);
                else
                    BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(4 * i), i);
            var records = PytorchBytes.Records(Program(Tensor(offset, sizes, strides)), bytes);
            records[1] = records[1] with { Bytes = System.Text.Encoding.ASCII.GetBytes(order) };
            using var file = PytorchFile.Open(folder.File("view.pth", ZipBytes.File(records)));
            using var tensor = file.Dictionaries[0].Read("");
            Assert.That(tensor.shape, Is.EqualTo(sizes.Select(size => (long)size)));
            Assert.That(tensor.numel() == 0 ? [] : tensor.data<float>().ToArray(), Is.EqualTo(values), order);
        }
    }

    [TestCase("float64", 8, 0x3FF0_0000_0000_0000UL, ScalarType.Float64)]
    [TestCase("bfloat16", 2, 0x3F80UL, ScalarType.BFloat16)]
    [TestCase("int64", 8, 1UL, ScalarType.Int64)]
    [TestCase("int8", 1, 1UL, ScalarType.Int8)]
    public void Read_OfABigEndianType_TurnsItsBytes(string type, int size, ulong one, ScalarType expected)
    {
        byte[] storage = [.. BitConverter.GetBytes(one)[..size].Reverse()];
        var records = PytorchBytes.Records(Program(TypedTensor(type, 1, size)), storage);
        records[1] = records[1] with { Bytes = "big"u8.ToArray() };
        using var file = PytorchFile.Open(folder.File("big.pth", ZipBytes.File(records)));
        using var tensor = file.Dictionaries[0].Read("");
        Assert.That(tensor.dtype, Is.EqualTo(expected));
        Assert.That(tensor.to(ScalarType.Float64).item<double>(), Is.EqualTo(1));
    }

    [Test]
    public void Read_OfATypeThatTorchSharpLacks_IsListedButRefused()
    {
        using var file = PytorchFile.Open(folder.File("u32.pth", PytorchBytes.Zip(Program(TypedTensor("uint32", 4, bytes: 16, notes: None)))));
        Assert.That(file.Dictionaries[0].Entries[0], Has.Property("Code").EqualTo("uint32").And.Property("Type").Null);
        Assert.That(() => file.Dictionaries[0].Read(""), Throws.TypeOf<NotSupportedException>().With.Message.Contains("uint32"));
    }

    [Test]
    public void Read_OfABoolThatIsTwo_NamesItsPlace()
    {
        var pickle = Program(Tensor(0, [4], [1], Storage("BoolStorage")));
        var path = folder.File("bool.pth", PytorchBytes.Zip(pickle, [0, 1, 2, 1]));
        using var file = PytorchFile.Open(path);
        var place = file.Dictionaries[0].Entries[0].Offset + 2;
        Assert.That(() => file.Dictionaries[0].Read(""), Throws.TypeOf<DataFormatException>().With.Property("Offset").EqualTo(place));
    }

    // Stride 0 makes 64 MB of values out of four bytes; a caller may allow more than the rule.
    [Test]
    public void Open_OfAnExpandedTensor_NeedsAHigherLimit()
    {
        var path = folder.File("expanded.pth", PytorchBytes.Zip(Program(Tensor(0, [17 << 20], [0]))));
        Assert.That(() => PytorchFile.Open(path), Throws.TypeOf<DataFormatException>().With.Message.Contains("together"));
        using var file = PytorchFile.Open(path, maxBytes: 4L * (17 << 20));
        using var tensor = file.Dictionaries[0].Read("");
        Assert.That(tensor.shape, Is.EqualTo(new long[] { 17 << 20 }));
    }
}
