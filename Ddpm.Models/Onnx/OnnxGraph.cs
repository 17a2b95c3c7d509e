using Ddpm.Formats;
using static TorchSharp.torch;

namespace Ddpm.Onnx;

/// <summary>A GraphProto while it is made: nodes in the order in which they compute, and what they compute with.</summary>
internal sealed class OnnxGraph : IDisposable
{
    private const int Node = 1, Name = 2, Input = 11, Output = 12;
    private const int NodeInput = 1, NodeOutput = 2, NodeName = 3, Operation = 4, Attribute = 5;
    private const int TypeField = 2, TensorType = 1, ElementType = 1, ShapeField = 2, Dimension = 1, Extent = 1, ExtentName = 2;

    private readonly ProtobufWriter nodes = new(), inputs = new(), outputs = new();
    private readonly HashSet<string> names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OnnxTensor> tensors = new(StringComparer.Ordinal);
    private readonly List<Tensor> constants = [];

    /// <summary>Weights and constants.</summary>
    internal IReadOnlyCollection<OnnxTensor> Tensors => tensors.Values;

    /// <summary>Adds a node of one result.</summary>
    /// <param name="name">Its name, and its result's; a number follows if there is one of this name already.</param>
    /// <param name="operation">Of the default domain.</param>
    /// <param name="from">Names of what it takes; empty: left out.</param>
    /// <param name="settings">Its attributes.</param>
    /// <returns>The name of its result.</returns>
    internal string Add(string name, string operation, string[] from, params OnnxAttribute[] settings) =>
        Add(name, operation, from, results: 1, settings)[0];

    /// <summary>Adds a node of several results.</summary>
    internal string[] Add(string name, string operation, string[] from, int results, params OnnxAttribute[] settings)
    {
        name = Unique(name);
        string[] to = results == 1 ? [name] : [.. Enumerable.Range(0, results).Select(i => $"{name}:{i}")];
        nodes.Message(Node, node =>
        {
            foreach (var each in from)
                node.Text(NodeInput, each);
            foreach (var each in to)
                node.Text(NodeOutput, each);
            node.Text(NodeName, name);
            node.Text(Operation, operation);
            foreach (var setting in settings)
                node.Message(Attribute, setting.Write);
        });
        return to;
    }

    /// <summary>Names what the graph is given.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">Of its numbers.</param>
    /// <param name="shape">Extents: a number (long), or a name (string) for one that is open.</param>
    /// <returns>The name.</returns>
    internal string Take(string name, OnnxType type, params object[] shape)
    {
        names.Add(name);
        WriteValue(inputs, Input, name, type, shape);
        return name;
    }

    /// <summary>Names what the graph gives, under another name than the node's.</summary>
    internal void Give(string name, string from, params object[] shape)
    {
        Add(name, "Identity", [from]);
        WriteValue(outputs, Output, name, OnnxType.Float, shape);
    }

    /// <summary>Names weights, which must live as long as this; the same name again is the same weights.</summary>
    /// <param name="name">Their name.</param>
    /// <param name="values">float32.</param>
    /// <param name="shape">The extents under which they are seen; null: their own.</param>
    internal string Weights(string name, Tensor values, long[]? shape = null)
    {
        tensors.TryAdd(name, new(name, values, shape ?? values.shape));
        return name;
    }

    /// <summary>Names numbers that follow from their name.</summary>
    /// <param name="name">Their name.</param>
    /// <param name="make">Makes them, float32 or int64, if they are not there yet.</param>
    internal string Constant(string name, Func<Tensor> make)
    {
        if (!tensors.ContainsKey(name))
        {
            constants.Add(make().DetachFromDisposeScope());
            tensors.Add(name, new(name, constants[^1], constants[^1].shape));
        }
        return name;
    }

    /// <summary>Whole numbers, [n]: extents, axes.</summary>
    internal string Whole(params long[] values) =>
        Constant($"whole[{string.Join(',', values)}]", () => tensor(values, ScalarType.Int64));

    /// <summary>A number, a scalar.</summary>
    internal string Number(double value) => Constant(FormattableString.Invariant($"number[{value:R}]"), () => tensor((float)value));

    /// <summary>All but the weights and constants.</summary>
    internal ReadOnlySpan<byte> Written(string name)
    {
        var message = new ProtobufWriter();
        message.Append(nodes.Written);
        message.Text(Name, name);
        message.Append(inputs.Written);
        message.Append(outputs.Written);
        return message.Written;
    }

    /// <summary>Frees the constants.</summary>
    public void Dispose() => constants.ForEach(constant => constant.Dispose());

    private string Unique(string name)
    {
        var unique = name;
        for (var i = 2; !names.Add(unique); i++)
            unique = $"{name}_{i}";
        return unique;
    }

    private static void WriteValue(ProtobufWriter values, int field, string name, OnnxType type, object[] shape) =>
        values.Message(field, value =>
        {
            value.Text(1, name);
            value.Message(TypeField, given => given.Message(TensorType, tensor =>
            {
                tensor.Number(ElementType, (long)type);
                tensor.Message(ShapeField, extents =>
                {
                    foreach (var extent in shape)
                        extents.Message(Dimension, each =>
                        {
                            if (extent is string open)
                                each.Text(ExtentName, open);
                            else
                                each.Number(Extent, Convert.ToInt64(extent, System.Globalization.CultureInfo.InvariantCulture));
                        });
                });
            }));
        });
}
