using System.Numerics;
using static Ddpm.Tests.Data.PickleBytes;

namespace Ddpm.Tests.Data;

/// <summary>Pickles that call, that grow without end, or that break a rule; in a zip file and in the older format.</summary>
public class PickleHostileTests
{
    private static readonly BigInteger Huge = BigInteger.One << 62;
    private TemporaryFolder folder = null!;

    [SetUp] public void SetUp() => folder = new TemporaryFolder();

    [TearDown] public void TearDown() => folder.Dispose();

    private static IEnumerable<(string Name, byte[] Pickle)> Calls()
    {
        foreach (var name in new[]
        {
            "os.system", "posix.system", "nt.system", "subprocess.Popen", "builtins.eval", "__builtin__.eval", "builtins.getattr", "builtins.set",
            "webbrowser.open", "runpy._run_code", "collections.Counter", "numpy.core.multiarray._reconstruct", "_codecs.encode", "torch.load",
            "torch.hub.load", "torch._tensor._rebuild_from_type_v2", "torch._utils._rebuild_sparse_tensor", "torch._utils._rebuild_qtensor",
            "torch.nn.modules.linear.Linear", "torch._utils._rebuild_meta_tensor_no_storage", "torch._utils._rebuild_parameter_with_state",
            "torch.ComplexFloatStorage", "torch.QInt8Storage", "torch.float8_e4m3fn", "System.Diagnostics.Process.Start",
        })
            yield return (name, Program(Call(Global(name[..name.LastIndexOf('.')], name[(name.LastIndexOf('.') + 1)..]), Text("true"))));
        yield return ("dotted name", Program(Global("torch", "_utils._rebuild_tensor_v2")));
        yield return ("module of two lines", Program("cos\r\nsystem\n"u8.ToArray()));
        yield return ("call of a type", Program(Call(Global("torch", "float32"), Int(1))));
        yield return ("call of a storage class", Program(Call(Global("torch", "FloatStorage"), Int(1))));
        yield return ("call of text", Program(Call(Text("os.system"), Text("true"))));
        yield return ("call with a list", Program(Global("collections", "OrderedDict"), EmptyList, Reduce));
        var others = Enumerable.Range(0x80, 25).Except([0x85, 0x86, 0x87, 0x88, 0x89, 0x8A]).Select(i => (byte)i);
        foreach (var operation in (byte[])[.. "io012IFLSVPpgldBC"u8, .. others, 0xFF])
            yield return ($"operation {operation:X2}", Program([.. None, operation, 2, 0, 0, 0, (byte)'\n', (byte)'\n']));
        foreach (var protocol in new byte[] { 0, 1, 3, 4, 5 })
            yield return ($"protocol {protocol}", [0x80, protocol, (byte)'N', (byte)'.']);
        yield return ("state on a dict", Program(EmptyDict, Dict(Text("_metadata"), EmptyDict), Build));
        yield return ("state on a tuple", Program(Tuple(), Dict(Text("_metadata"), EmptyDict), Build));
        yield return ("state of another name", Program(OrderedDict(), Dict(Text("__class__"), EmptyDict), Build));
        yield return ("state of two", Program(OrderedDict(), Dict(Text("_metadata"), EmptyDict, Text("__class__"), EmptyDict), Build));
    }

    private static IEnumerable<(string Name, byte[] Pickle)> Shapes()
    {
        yield return ("nothing", Program());
        yield return ("two values", Program(None, None));
        yield return ("open mark", Program(None, Mark));
        yield return ("no end", [0x80, 2, (byte)'N']);
        yield return ("take from nothing", Program(Append));
        yield return ("take below a mark", Program(EmptyList, Mark, None, Append));
        yield return ("no mark", Program(EmptyList, None, Appends));
        yield return ("pair of one", Program(None, Pair));
        yield return ("1,025 marks", Program([.. None, .. Repeat(1025, Mark), .. Repeat(1025, "1"u8.ToArray())]));
        yield return ("65,537 values", Program(Repeat(65_537, None)));
        yield return ("memo of nothing", Program(Put(0)));
        yield return ("memo missing", Program(Get(7)));
        yield return ("memo 1,000,000", Program(None, Put(1_000_000)));
        yield return ("memo 2^32 - 1", Program(None, Put(-1)));
        yield return ("1,000,001 operations", Program(None, Repeat(1_000_000, Put(5))));
        yield return ("memo of a million, then more", Program([.. None, .. Join(Enumerable.Range(0, 999_999).Select(Put)), .. None]));
        yield return ("200,001 lists", Program(EmptyList, Repeat(200_001, EmptyList, Append)));
        yield return ("200,001 dictionaries of one", Program(EmptyList, Repeat(200_001, EmptyDict, [(byte)'K', 1], None, SetItem, Append)));
        yield return ("200,000 dictionaries of one text each, and more",
            Program(EmptyList, Repeat(200_000, EmptyDict, [(byte)'U', 1, 65], [(byte)'M', 0, 1], SetItem, Append)));
        yield return ("200,001 keys", Program(EmptyDict, Join(Enumerable.Range(0, 200_001).Select(i => Join(Int(i), None, SetItem)))));
        yield return ("300,000 texts", Program(EmptyList, Repeat(300_000, [(byte)'U', 1, 65], Append), None, Append, None));
        yield return ("text of 2^31", Program([(byte)'X', 0, 0, 0, 0x80]));
        yield return ("text of 2^32 - 1", Program([(byte)'X', 255, 255, 255, 255]));
        yield return ("text of 2^30", Program([(byte)'X', 0, 0, 0, 0x40]));
        yield return ("byte text of -1", Program([(byte)'T', 255, 255, 255, 255]));
        yield return ("text cut", [0x80, 2, (byte)'X', 10, 0, 0, 0, 65]);
        yield return ("bad UTF-8", Program([(byte)'X', 2, 0, 0, 0, 0xC0, 0x80]));
        yield return ("surrogate", Program([(byte)'X', 3, 0, 0, 0, 0xED, 0xA0, 0x80]));
        yield return ("long number cut", [0x80, 2, 0x8A, 255, 1]);
        yield return ("global of 257", Program(Global(new string('a', 257), "b")));
        yield return ("global without an end", [0x80, 2, (byte)'c', .. new byte[10]]);
        yield return ("append to a dict", Program(EmptyDict, None, Append));
        yield return ("item of a list", Program(EmptyList, None, None, SetItem));
        yield return ("odd items", Program(Dict(Text("a"))));
        yield return ("key twice", Program(Dict(Text("a"), None, Text("a"), None)));
        yield return ("key 1 and True", Program(Dict(Int(1), None, True, None)));
        yield return ("key 1 and 1.0", Program(Dict(Int(1), None, Float(1), None)));
        yield return ("key 2^70 twice", Program(Dict(Int(BigInteger.One << 70), None, Float(Math.Pow(2, 70)), None)));
        yield return ("key NaN", Program(Dict(Float(double.NaN), None)));
        yield return ("key of a list", Program(Dict(EmptyList, None)));
        yield return ("pairs with a key twice", Program(OrderedDict(List(Tuple(Int(1), None), Tuple(Int(1), None)))));
        yield return ("pairs of three", Program(OrderedDict(List(Tuple(Int(1), None, None)))));
        yield return ("pairs of nothing", Program(OrderedDict(List(None))));
        yield return ("set of lists", Program(Call(Global("__builtin__", "set"), List(EmptyList))));
        yield return ("set of one twice", Program(Call(Global("__builtin__", "set"), List(Int(1), True))));
        var many = List([.. Enumerable.Range(0, 50_000).Select(i => Int(i))]);
        yield return ("set of 50,000, 1,000 times",
            Program(Tuple(many, Put(0), EmptyList, Repeat(1_000, Global("__builtin__", "set"), Get(0), [0x85], Reduce, Append))));
    }

    private static IEnumerable<(string Name, byte[] Pickle)> Foreign(bool legacy)
    {
        var thing = Global("a", "B");
        var tensor = Tensor(0, [4], [1], Storage(legacy: legacy));
        byte[] New(byte[] type) => [.. type, .. Tuple(), 0x81];
        byte[] Made(params byte[][] arguments) => Program(List(tensor, Call(Global("torch._utils", "_rebuild_tensor_v2"), arguments)));

        yield return ("nothing but a foreign object", Program(Dict(Text("args"), New(thing))));
        yield return ("a NumPy array for weights", Program(Dict(Text("w"), Call(Global("numpy.core.multiarray", "_reconstruct"), thing))));
        yield return ("tensors in the state of a foreign object", Program(New(thing), Dict(Text("w"), tensor), Build));
        yield return ("tensors in the arguments of a foreign call", Program(Call(thing, tensor)));
        yield return ("foreign storage", Made(thing, Int(0), Sizes(4), Sizes(1), False, OrderedDict()));
        yield return ("storage of a foreign class", Program(List(tensor, Tensor(0, [4], [1], Join(
            Tuple([Text("storage"), thing, Text("0"), Text("cpu"), Int(4), .. legacy ? new[] { None } : []]), "Q"u8.ToArray())))));
        yield return ("foreign sizes", Made(Storage(legacy: legacy), Int(0), New(thing), Sizes(1), False, OrderedDict()));
        yield return ("foreign offset", Made(Storage(legacy: legacy), New(thing), Sizes(4), Sizes(1), False, OrderedDict()));
        yield return ("foreign type", Program(List(tensor, Call(Global("torch._utils", "_rebuild_tensor_v3"),
            Storage("UntypedStorage", key: "0", count: 16, legacy: legacy), Int(0), Sizes(1), Sizes(1), False, OrderedDict(), thing))));
        yield return ("parameter of a foreign object", Program(List(
            tensor, Call(Global("torch._utils", "_rebuild_parameter"), New(thing), True, OrderedDict()))));
        var ofType = Global("torch._tensor", "_rebuild_from_type_v2");
        yield return ("tensor of a class of its own, made by another such", Program(List(tensor, Call(ofType, ofType, thing, Tuple(), None))));
        yield return ("tensor of a class of its own, made by a foreign call", Program(List(tensor, Call(ofType, thing, thing, Tuple(), None))));
        yield return ("items and elements in one", Program(List(tensor, Join(New(thing), Text("a"), None, SetItem, None, Append))));
        yield return ("key twice in a foreign object",
            Program(List(tensor, Join(New(thing), Text("a"), None, SetItem, Text("a"), None, SetItem))));
        yield return ("key of a list in a foreign object", Program(List(tensor, Join(New(thing), EmptyList, None, SetItem))));
        yield return ("object of a known class", Program(List(tensor, New(Global("collections", "OrderedDict")))));
        yield return ("object of a type", Program(List(tensor, New(Global("torch", "float32")))));
        yield return ("foreign object that holds itself", Program(Tuple(tensor, New(thing), Put(0), Get(0), Append)));
        yield return ("10,001 foreign names", Program(Tuple(tensor, Join(Enumerable.Range(0, 10_001).Select(i => Global("a", $"B{i}"))))));
        yield return ("200,001 foreign objects", Program(Tuple(tensor, thing, Put(0), EmptyList, Repeat(200_001, Get(0), Tuple(), [0x81], Append))));
        yield return ("200,001 items in foreign objects", Program(Tuple(tensor, New(thing), Join(
            Enumerable.Range(0, 200_001).Select(i => Join(Int(i), None, SetItem))))));
        yield return ("a foreign object a million times", Program(Tuple(tensor, New(thing), Put(0), Repeat(1_000_000, Get(0), "0"u8.ToArray()))));
        yield return ("state of a foreign object on a dict", Program(List(tensor, Join(EmptyDict, New(thing), Build))));
        yield return ("call with foreign arguments", Program(List(tensor, Join(Global("collections", "OrderedDict"), New(thing), Reduce))));
        yield return ("take away what is below a mark", Program(None, Mark, "0"u8.ToArray()));
        yield return ("take away up to no mark", Program(None, None, "1"u8.ToArray()));
    }

    private static IEnumerable<(string Name, byte[] Pickle)> Graphs(bool legacy)
    {
        // What goes into the memo stays on the stack as well: the tuple takes all of it.
        static byte[] Root(params byte[][] pieces) => Program(Tuple(pieces));
        var tensor = Tensor(0, [4], [1], Storage(legacy: legacy));
        yield return ("x = (x, x) forty times", Root(Tuple(), Put(0), Repeat(40, Get(0), Get(0), Pair, Put(0))));
        yield return ("x = (x, x) forty times, of tensors", Root(tensor, Put(0), Repeat(40, Get(0), Get(0), Pair, Put(0))));
        yield return ("x = [x] * 10 twelve times", Root(tensor, Put(0), Repeat(12, EmptyList, Mark, Repeat(10, Get(0)), Appends, Put(0))));
        yield return ("list that holds itself", Root(EmptyList, Put(0), Get(0), Append));
        yield return ("list that holds itself often", Root(EmptyList, Put(0), Repeat(1000, Get(0), Append)));
        yield return ("dict that holds itself", Root(EmptyDict, Put(0), Text("a"), Get(0), SetItem));
        yield return ("two lists, each in the other", Root(EmptyList, Put(0), EmptyList, Put(1), Get(0), Append, Append));
        yield return ("1,000 deep", Root(tensor, Repeat(1000, [0x85])));
        yield return ("66 deep", Root(tensor, Repeat(66, [0x85])));
        yield return ("one tensor 100,001 times", Root(tensor, Put(0), EmptyList, Repeat(100_001, Get(0), Append)));
        var wide = Sizes([.. Enumerable.Repeat(BigInteger.One, 64)]);
        var (maker, many) = (Global("torch._utils", "_rebuild_tensor_v2"), Sizes([.. Enumerable.Repeat(BigInteger.One << 62, 64)]));
        yield return ("199,000 tensors of 64 dimensions", Root(
            maker, Put(0), Tuple(Storage(legacy: legacy), Int(0), wide, many, False, OrderedDict()), Put(1), EmptyList,
            Repeat(199_000, Get(0), Get(1), Reduce, Append)));
        yield return ("1 and \"1\" are tensors", Root(tensor, Put(0), Dict(Int(1), Get(0), Text("1"), Get(0))));
        yield return ("long keys a thousand times",
            Root(Dict(Text("t"), tensor), Put(0), EmptyDict, Text(new string('k', 100_000)), List(Repeat(1000, Get(0))), SetItem));
    }

    private static IEnumerable<(string Name, byte[] Pickle)> Tensors(bool legacy)
    {
        byte[] Of(string type = "FloatStorage", string key = "0", BigInteger? count = null) => Storage(type, key, count, legacy);
        byte[] One(BigInteger offset, BigInteger[] sizes, BigInteger[] strides, byte[]? storage = null, byte[]? hooks = null) =>
            Program(List(Tensor(offset, sizes, strides, storage ?? Of(), hooks)));
        byte[] Made(string maker, params byte[][] arguments) => Program(Call(Global("torch._utils", maker), arguments));
        byte[] Id(params byte[][] parts) => Program(Tuple(legacy ? [.. parts, None] : parts), "Q"u8.ToArray());
        BigInteger[] Ones(int count) => [.. Enumerable.Repeat(BigInteger.One, count)];

        yield return ("offset beyond", One(1, [4], [1]));
        yield return ("offset of nothing beyond", One(5, [0], [1]));
        yield return ("stride beyond", One(0, [2, 2], [3, 1]));
        yield return ("negative offset", One(-1, [4], [1]));
        yield return ("negative size", One(0, [-4], [1]));
        yield return ("negative stride", One(3, [4], [-1]));
        yield return ("size 2^63", One(0, [BigInteger.One << 63], [0]));
        yield return ("stride 2^62 four times", One(0, [2, 2, 2, 2], [Huge, Huge, Huge, Huge]));
        yield return ("offset and stride overflow", One(1, [2], [(BigInteger.One << 63) - 1]));
        yield return ("sizes overflow", One(0, [Huge, 4], [0, 0]));
        yield return ("sizes overflow to 4", One(0, [(BigInteger.One << 62) + 1, 4], [0, 0]));
        yield return ("sizes overflow beside 0", One(0, [0, Huge, Huge], [1, 1, 1]));
        yield return ("2^34 values of four", One(0, [1 << 17, 1 << 17], [0, 0]));
        yield return ("2^24 values of four, ten times", Program(Tuple(Tensor(0, [1 << 24], [0], Of()), Put(0), Repeat(10, Get(0)))));
        yield return ("65 dimensions", One(0, Ones(65), Ones(65)));
        yield return ("fewer strides than sizes", One(0, [2, 2], [1]));
        yield return ("hooks", One(0, [4], [1], hooks: OrderedDict(List(Tuple(Int(1), None)))));
        yield return ("hooks in a dict", One(0, [4], [1], hooks: EmptyDict));
        yield return ("float as size", Made("_rebuild_tensor_v2", Of(), Int(0), Tuple(Float(4)), Sizes(1), False, OrderedDict()));
        yield return ("truth as size", Made("_rebuild_tensor_v2", Of(), Int(0), Tuple(True), Sizes(1), False, OrderedDict()));
        yield return ("text as offset", Made("_rebuild_tensor_v2", Of(), Text("0"), Sizes(4), Sizes(1), False, OrderedDict()));
        yield return ("list of sizes", Made("_rebuild_tensor_v2", Of(), Int(0), List(Int(4)), Sizes(1), False, OrderedDict()));
        yield return ("number for a truth", Made("_rebuild_tensor_v2", Of(), Int(0), Sizes(4), Sizes(1), Int(0), OrderedDict()));
        yield return ("four arguments", Made("_rebuild_tensor_v2", Of(), Int(0), Sizes(4), Sizes(1)));
        yield return ("notes", Made("_rebuild_tensor_v2", Of(), Int(0), Sizes(4), Sizes(1), False, OrderedDict(), Dict(Int(1), None)));
        yield return ("no storage", Made("_rebuild_tensor_v2", Text("0"), Int(0), Sizes(4), Sizes(1), False, OrderedDict()));
        yield return ("typed storage in v3",
            Made("_rebuild_tensor_v3", Of(), Int(0), Sizes(4), Sizes(1), False, OrderedDict(), Global("torch", "float32")));
        yield return ("parameter of text", Made("_rebuild_parameter", Text("w"), True, OrderedDict()));
        yield return ("size of text", Program(Call(Global("torch", "Size"), Tuple(Text("2")))));
        yield return ("storage of another kind", Id(Text("module"), Global("torch", "FloatStorage"), Text("0"), Text("cpu"), Int(4)));
        yield return ("storage class as text", Id(Text("storage"), Text("FloatStorage"), Text("0"), Text("cpu"), Int(4)));
        yield return ("storage of seven parts", Id(Text("storage"), Global("torch", "FloatStorage"), Text("0"), Text("cpu"), Int(4), None, None));
        yield return ("view of a storage", Id(Text("storage"), Global("torch", "FloatStorage"), Text("0"), Text("cpu"), Int(4), Tuple()));
        yield return ("identifier of text", Program(Text("0"), "Q"u8.ToArray()));
        yield return ("key is a path", One(0, [4], [1], Of(key: "../0")));
        yield return ("key of 21 digits", One(0, [4], [1], Of(key: new string('1', 21))));
        yield return ("key of other digits", One(0, [4], [1], Of(key: "\u0661")));
        yield return ("key empty", One(0, [4], [1], Of(key: "")));
        yield return ("storage missing", One(0, [4], [1], Of(key: "1")));
        yield return ("storage of 2^62", One(0, [4], [1], Of(count: Huge)));
        yield return ("storage negative", One(0, [0], [1], Of(count: -4)));
        yield return ("storage shorter than said", One(0, [4], [1], Of(count: 5)));
        yield return ("storage longer than said", One(0, [3], [1], Of(count: 3)));
        yield return ("storage of two types", Program(List(Tensor(0, [4], [1], Of()), Tensor(0, [4], [1], Of("IntStorage")))));
    }

    private static IEnumerable<TestCaseData> Cases()
    {
        foreach (var legacy in new[] { false, true })
            foreach (var (name, pickle) in Calls().Concat(Shapes()).Concat(Foreign(legacy)).Concat(Graphs(legacy)).Concat(Tensors(legacy)))
                yield return new TestCaseData(legacy, pickle).SetArgDisplayNames(legacy ? "legacy" : "zip", name);
    }

    [TestCaseSource(nameof(Cases))]
    public void Open_OfAHostilePickle_IsRefused(bool legacy, byte[] pickle)
    {
        var path = folder.File("hostile.pth", legacy ? PytorchBytes.LegacyOf(pickle) : PytorchBytes.Zip(pickle));
        Hostile.ExpectRefused(path, opened => PytorchFile.Open(opened).Dispose());
    }
}
