using Ddpm.Formats;

namespace Ddpm.Onnx;

/// <summary>Writes a ModelProto.</summary>
internal static class OnnxFile
{
    /// <summary>The version of the format, and of its operators: those of 2022, which every runtime of today has.</summary>
    internal const int IrVersion = 8, Opset = 17;

    // Protocol buffers end at 2 GiB; names and shapes take some of it.
    private const long MostInside = int.MaxValue - (64L << 20), MostOfAConstant = 64;

    private const int IrField = 1, Producer = 2, ProducerVersion = 3, Graph = 7, OpsetField = 8, OpsetVersion = 2, Metadata = 14;
    private const int MetadataKey = 1, MetadataValue = 2, Initializer = 5;

    /// <summary>The name of the file of weights beside another.</summary>
    internal static string Beside(string path) => Path.GetFileName(path) + ".data";

    /// <summary>Writes a file, and one beside it if the weights do not fit into it. Both appear whole or not at all.</summary>
    /// <param name="path">The file, replaced if it is there.</param>
    /// <param name="graph">What it holds.</param>
    /// <param name="name">The graph's.</param>
    /// <param name="notes">Texts to store beside the graph.</param>
    /// <param name="mostInside">Bytes of weights above which they lie beside the file; null: as many as the format allows.</param>
    internal static void Write(
        string path, OnnxGraph graph, string name, IEnumerable<KeyValuePair<string, string>> notes, long? mostInside = null)
    {
        var isInside = graph.Tensors.Sum(tensor => tensor.Length) <= (mostInside ?? MostInside);
        var head = Head(notes);
        if (isInside)
            AtomicFile.Write(path, stream => WriteWith(stream, head, graph, name, file: null));
        else
            AtomicFiles.Write(
                (Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, Beside(path)), stream =>
                {
                    foreach (var tensor in graph.Tensors.Where(LiesBeside))
                        tensor.WriteValues(stream);
                }),
                (path, stream => WriteWith(stream, head, graph, name, Beside(path))));
    }

    // Runtimes read extents and axes before they open the other file.
    private static bool LiesBeside(OnnxTensor tensor) => tensor.Length > MostOfAConstant;

    // With the name of a file beside it that has the larger tensors; null: all are inside.
    private static void WriteWith(Stream stream, ProtobufWriter head, OnnxGraph graph, string name, string? file)
    {
        var nodes = graph.Written(name);
        var parts = new List<(byte[] Start, OnnxTensor? Values)>();
        var (length, offset) = ((long)nodes.Length, 0L);
        foreach (var tensor in graph.Tensors)
        {
            var isBeside = file is not null && LiesBeside(tensor);
            var (own, values) = isBeside ? (tensor.Reference(file!, offset).ToArray(), 0L) : (tensor.Head().ToArray(), tensor.Length);
            offset += isBeside ? tensor.Length : 0;
            var start = new ProtobufWriter();
            start.Begin(Initializer, own.Length + values);
            start.Append(own);
            parts.Add((start.Written.ToArray(), isBeside ? null : tensor));
            length += start.Written.Length + values;
        }
        head.Begin(Graph, length);
        stream.Write(head.Written);
        stream.Write(nodes);
        foreach (var (start, values) in parts)
        {
            stream.Write(start);
            values?.WriteValues(stream);
        }
    }

    // The graph comes last, so that its length is known.
    private static ProtobufWriter Head(IEnumerable<KeyValuePair<string, string>> notes)
    {
        var message = new ProtobufWriter();
        message.Number(IrField, IrVersion);
        message.Text(Producer, "Ddpm");
        message.Text(ProducerVersion, typeof(OnnxFile).Assembly.GetName().Version!.ToString(3));
        message.Message(OpsetField, opset =>
        {
            opset.Text(1, "");
            opset.Number(OpsetVersion, Opset);
        });
        foreach (var (key, value) in notes)
            message.Message(Metadata, note =>
            {
                note.Text(MetadataKey, key);
                note.Text(MetadataValue, value);
            });
        return message;
    }
}
