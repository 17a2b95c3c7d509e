using System.IO.Compression;
using System.Text;
using BenchmarkDotNet.Attributes;
using Ddpm.Formats;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Benchmarks;

/// <summary>Reading all tensors of a file as large as the paper's network, 35.7 million float32, against reading its bytes.</summary>
[BenchmarkCategory("files")]
[IterationCount(15)]
public class TensorFileReading
{
    private const int Tensors = 34, Values = 1_050_000;
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("ddpm-");
    private byte[] buffer = [];

    private string Safetensors => Path.Combine(folder.FullName, "model.safetensors");

    private string Pth => Path.Combine(folder.FullName, "model.pth");

    /// <summary>Writes the files.</summary>
    [GlobalSetup]
    public void Begin()
    {
        using var scope = NewDisposeScope();
        var tensors = Enumerable.Range(0, Tensors).Select(i => full(Values, (float)i)).ToList();
        TensorFile.Write(Safetensors, tensors.Select((tensor, i) => KeyValuePair.Create($"{i}", tensor)));
        using (var zip = ZipFile.Open(Pth, ZipArchiveMode.Create))
        {
            Add(zip, "m/data.pkl", Pickle());
            Add(zip, "m/version", "3\n"u8.ToArray());
            foreach (var (i, tensor) in tensors.Index())
                Add(zip, $"m/data/{i}", tensor.bytes.ToArray());
        }
        buffer = new byte[new FileInfo(Safetensors).Length];
    }

    /// <summary>Removes them.</summary>
    [GlobalCleanup]
    public void End() => folder.Delete(recursive: true);

    /// <summary>The bytes alone, into memory that is there already.</summary>
    [Benchmark(Baseline = true)]
    public void PlainBytes()
    {
        using var stream = File.OpenRead(Safetensors);
        stream.ReadExactly(buffer);
    }

    /// <summary>All tensors of the safetensors file.</summary>
    [Benchmark]
    public void ReadSafetensors() => ReadAll(Safetensors);

    /// <summary>All tensors of the .pth file, their checksums included.</summary>
    [Benchmark]
    public void ReadPth() => ReadAll(Pth);

    private static void ReadAll(string path)
    {
        using var scope = NewDisposeScope();
        using var file = TensorFile.Open(path);
        foreach (var dictionary in file.Dictionaries)
            foreach (var entry in dictionary.Entries)
                dictionary.Read(entry.Name);
    }

    private static void Add(ZipArchive zip, string name, byte[] bytes)
    {
        using var stream = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
        stream.Write(bytes);
    }

    // {"0": tensor of storage 0, ...}, as torch.save says it, without its memo.
    private static byte[] Pickle()
    {
        using var bytes = new MemoryStream();
        void Raw(params ReadOnlySpan<byte> raw) => bytes.Write(raw);
        void Global(string module, string name) => Raw(Encoding.ASCII.GetBytes($"c{module}\n{name}\n"));
        void Int(int value) => Raw([(byte)'J', .. BitConverter.GetBytes(value)]);
        void Text(string text) => Raw([(byte)'U', (byte)text.Length, .. Encoding.ASCII.GetBytes(text)]);
        Raw([0x80, 2, (byte)'}', (byte)'(']);
        for (var i = 0; i < Tensors; i++)
        {
            Text($"{i}");
            Global("torch._utils", "_rebuild_tensor_v2");
            Raw("(("u8);
            Text("storage");
            Global("torch", "FloatStorage");
            Text($"{i}");
            Text("cpu");
            Int(Values);
            Raw("tQ"u8);
            Int(0);
            Int(Values);
            Raw(0x85);
            Int(1);
            Raw(0x85, 0x89);
            Global("collections", "OrderedDict");
            Raw(")RtR"u8);
        }
        Raw("u."u8);
        return bytes.ToArray();
    }
}
