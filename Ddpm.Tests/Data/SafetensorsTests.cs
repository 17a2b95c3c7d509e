using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Data;

public class SafetensorsTests
{
    private TemporaryFolder folder = null!;

    [SetUp] public void SetUp() => folder = new TemporaryFolder();

    [TearDown] public void TearDown() => folder.Dispose();

    // Written by the original library; the values are beside it as JSON. Every type fits a double exactly.
    [Test]
    public void Read_EveryType_GivesTheOriginalsValues()
    {
        using var scope = NewDisposeScope();
        using var file = SafetensorsFile.Open(Recordings.At("files/all-types.safetensors"));
        var expected = Recordings.Index("files/all-types.json").EnumerateObject().ToList();

        Assert.That(file.Entries.Select(entry => entry.Name), Is.EquivalentTo(expected.Select(item => item.Name)));
        // What the script says beside the values.
        Assert.That(file.Metadata, Is.EquivalentTo(new Dictionary<string, string> { ["format"] = "pt", ["note"] = "ünïcode" }));
        foreach (var item in expected)
        {
            var tensor = file.Read(item.Name);
            Assert.That(tensor.shape, Is.EqualTo(Numbers(item.Value, "shape", element => element.GetInt64())), item.Name);
            Assert.That("torch." + Python(tensor.dtype), Is.EqualTo(item.Value.GetProperty("dtype").GetString()), item.Name);
            using var doubles = tensor.to(ScalarType.Float64);
            var values = doubles.numel() == 0 ? [] : doubles.data<double>().ToArray();
            Assert.That(values, Is.EqualTo(Numbers(item.Value, "values", element => element.GetDouble())), item.Name);
        }
    }

    [Test]
    public void Entries_OfTheOriginal_LieOneAfterTheOther()
    {
        using var file = SafetensorsFile.Open(Recordings.At("files/all-types.safetensors"));
        Assert.That(file.Entries[^1].Offset + file.Entries[^1].Length, Is.EqualTo(new FileInfo(file.File).Length));
        for (var i = 1; i < file.Entries.Count; i++)
            Assert.That(file.Entries[i].Offset, Is.EqualTo(file.Entries[i - 1].Offset + file.Entries[i - 1].Length));
    }

    [Test]
    public void Open_WithoutTensors_IsEmpty()
    {
        using var file = SafetensorsFile.Open(Recordings.At("files/no-tensors.safetensors"));
        Assert.That(file.Entries, Is.Empty);
        Assert.That(file.Contains(""), Is.False);
        Assert.That(() => file.Read("x"), Throws.InstanceOf<KeyNotFoundException>().With.Message.Contains("\"x\""));
    }

    [Test]
    public void Open_OfFloat8_NamesTheType()
    {
        var path = Recordings.At("files/refuse-float8.safetensors");
        Assert.That(() => SafetensorsFile.Open(path), Throws.TypeOf<DataFormatException>().With.Message.Contains("F8_E4M3"));
    }

    [Test]
    public void Open_OfNoFile_NamesThePath() =>
        Assert.That(
            () => SafetensorsFile.Open(folder.File("none/none.safetensors")),
            Throws.TypeOf<FileNotFoundException>().With.Message.Contains("none.safetensors"));

    [TestCase("files/all-types.safetensors")]
    [TestCase("files/no-tensors.safetensors")]
    [TestCase("seed/model.safetensors")]
    public void Write_OfWhatWasRead_KeepsEveryByteTheSecondTime(string golden)
    {
        using var scope = NewDisposeScope();
        var (first, second) = (folder.File("1.safetensors"), folder.File("2.safetensors"));
        Copy(Recordings.At(golden), first);
        Copy(first, second);
        Assert.That(File.ReadAllBytes(second), Is.EqualTo(File.ReadAllBytes(first)));

        using var original = SafetensorsFile.Open(Recordings.At(golden));
        using var copy = SafetensorsFile.Open(first);
        Assert.That(copy.Metadata, Is.EquivalentTo(original.Metadata));
        Assert.That(copy.Entries, Has.Count.EqualTo(original.Entries.Count));
        foreach (var entry in original.Entries)
            using (Tensor a = original.Read(entry.Name), b = copy.Read(entry.Name))
                Assert.That((b.dtype, a.Equals(b)), Is.EqualTo((a.dtype, true)), entry.Name);
    }

    [Test]
    public void Write_InAnyOrder_GivesTheSameAlignedBytes()
    {
        using var scope = NewDisposeScope();
        var tensors = new Dictionary<string, Tensor>
        {
            ["b"] = ones(3, ScalarType.Bool),
            ["ä"] = arange(5, ScalarType.Float64),
            [""] = ones(2, ScalarType.Float16),
        };
        SafetensorsWriter.Write(folder.File("a"), tensors, new Dictionary<string, string> { ["x"] = "1", ["y"] = "2" });
        SafetensorsWriter.Write(folder.File("b"), tensors.Reverse(), new Dictionary<string, string> { ["y"] = "2", ["x"] = "1" });
        Assert.That(File.ReadAllBytes(folder.File("a")), Is.EqualTo(File.ReadAllBytes(folder.File("b"))));

        using var file = SafetensorsFile.Open(folder.File("a"));
        Assert.That(file.Entries.Select(entry => entry.Name), Is.EqualTo(new[] { "ä", "", "b" }));
        Assert.That(file.Entries.Select(entry => entry.Offset % (entry.Length / entry.Shape[0])), Is.All.Zero);
    }

    [Test]
    public void Write_OfViews_StoresWhatTheyShow()
    {
        using var scope = NewDisposeScope();
        var matrix = arange(12, ScalarType.Float32).view(3, 4);
        SafetensorsWriter.Write(folder.File("v"), new Dictionary<string, Tensor>
        {
            ["transposed"] = matrix.t(),
            ["slice"] = matrix.narrow(0, 1, 2),
            ["expanded"] = matrix.narrow(0, 0, 1).expand(2, 4),
            ["trained"] = nn.Parameter(matrix),
        });
        using var file = SafetensorsFile.Open(folder.File("v"));
        Assert.That(file.Read("transposed").data<float>().ToArray(), Is.EqualTo(new[] { 0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11 }));
        Assert.That(file.Read("slice").data<float>().ToArray(), Is.EqualTo(Enumerable.Range(4, 8)));
        Assert.That(file.Read("expanded").data<float>().ToArray(), Is.EqualTo(new[] { 0, 1, 2, 3, 0, 1, 2, 3 }));
        Assert.That(file.Read("trained").requires_grad, Is.False);
    }

    [Test]
    public void ReadAndWrite_LeaveNoTensorsAlive()
    {
        using var one = ones(4);
        var before = Expect.LiveTensors();
        SafetensorsWriter.Write(folder.File("one"), [KeyValuePair.Create("one", one)]);
        using (var file = SafetensorsFile.Open(folder.File("one")))
            file.Read("one").Dispose();
        Assert.That(Tensor.TotalCount, Is.EqualTo(before));
    }

    [Test]
    public void Write_ThatFails_KeepsTheOlderFileAndNothingElse()
    {
        var path = folder.File("kept", [1, 2, 3]);
        var gone = ones(4);
        using var complex = ones(2, ScalarType.ComplexFloat32);
        using var fine = ones(2);
        Assert.That(() => SafetensorsWriter.Write(path, Disposing()), Throws.Exception);
        Assert.That(() => Write(("c", complex)), Throws.ArgumentException.With.Message.Contains("ComplexFloat32"));
        Assert.That(() => Write(("twice", fine), ("twice", fine)), Throws.ArgumentException.With.Message.Contains("twice"));
        Assert.That(() => Write(("\ud800", fine)), Throws.ArgumentException);
        Assert.That(() => Write(("__metadata__", fine)), Throws.ArgumentException);
        Assert.That(File.ReadAllBytes(path), Is.EqualTo(new byte[] { 1, 2, 3 }));
        Assert.That(Directory.GetFiles(folder.Path), Has.Length.EqualTo(1));

        void Write(params (string Name, Tensor Tensor)[] tensors) =>
            SafetensorsWriter.Write(path, tensors.Select(pair => KeyValuePair.Create(pair.Name, pair.Tensor)));

        IEnumerable<KeyValuePair<string, Tensor>> Disposing()
        {
            yield return KeyValuePair.Create("fine", fine);
            yield return KeyValuePair.Create("gone", gone);
            gone.Dispose();
        }
    }

    [Test]
    public void Write_IntoAFolderThatIsMissing_SaysSo()
    {
        using var one = ones(1);
        Assert.That(() => SafetensorsWriter.Write(folder.File("missing/file"), [KeyValuePair.Create("one", one)]), Throws.InstanceOf<IOException>());
    }

    private static void Copy(string from, string to)
    {
        using var scope = NewDisposeScope();
        using var file = SafetensorsFile.Open(from);
        SafetensorsWriter.Write(to, file.Entries.Select(entry => KeyValuePair.Create(entry.Name, file.Read(entry.Name))), file.Metadata);
    }

    private static T[] Numbers<T>(JsonElement item, string property, Func<JsonElement, T> read) =>
        [.. item.GetProperty(property).EnumerateArray().Select(read)];

    private static string Python(ScalarType type) => type switch
    {
        ScalarType.Byte => "uint8",
        _ => type.ToString().ToLowerInvariant(),
    };
}
