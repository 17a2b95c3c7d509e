using System.Runtime.InteropServices;

namespace Ddpm.Tests.Samples.Features;

/// <summary>Small ONNX files made by hand: the averages of each channel, x being [N, C, H, W].</summary>
internal static class OnnxBytes
{
    internal const int Float = 1, UInt8 = 2, Int64 = 7;

    /// <summary>A file.</summary>
    /// <param name="shape">Of the input: numbers, or a name for an open size.</param>
    /// <param name="type">Of the input.</param>
    /// <param name="outputs">The averages, so many times.</param>
    /// <param name="inputs">How many inputs there are; the first one is averaged.</param>
    /// <param name="scale">Weights that the averages are multiplied by; null: none.</param>
    internal static byte[] Averages(
        object[] shape, int type = Float, int outputs = 1, int inputs = 1, Action<ProtobufWriter>? scale = null)
    {
        var model = new ProtobufWriter();
        model.Number(1, 8);
        model.Message(7, graph =>
        {
            graph.Message(1, node => Node(node, "Cast", ["x0"], "floats", ("to", Float)));
            graph.Message(1, node =>
            {
                Node(node, "ReduceMean", ["floats"], scale is null ? "y0" : "means", ("keepdims", 0));
                node.Message(5, attribute =>
                {
                    attribute.Text(1, "axes");
                    attribute.Number(8, 2);
                    attribute.Number(8, 3);
                    attribute.Number(20, 7);
                });
            });
            if (scale is not null)
                graph.Message(1, node => Node(node, "Mul", ["means", "weights"], "y0"));
            for (var i = 1; i < outputs; i++)
                graph.Message(1, node => Node(node, "Neg", ["y0"], $"y{i}"));
            graph.Text(2, "averages");
            if (scale is not null)
                graph.Message(5, scale);
            for (var i = 0; i < inputs; i++)
                graph.Message(11, value => Value(value, $"x{i}", type, shape));
            for (var i = 0; i < outputs; i++)
                graph.Message(12, value => Value(value, $"y{i}", Float, [shape[0], shape.Length > 1 ? shape[1] : "C"]));
        });
        model.Message(8, opset => opset.Number(2, 13));
        return model.Written.ToArray();
    }

    /// <summary>Weights inside the file.</summary>
    internal static Action<ProtobufWriter> Weights(params float[] values) => tensor =>
    {
        tensor.Number(1, values.Length);
        tensor.Number(2, Float);
        tensor.Text(8, "weights");
        tensor.Bytes(9, MemoryMarshal.AsBytes(values.AsSpan()));
    };

    /// <summary>Weights in another file.</summary>
    internal static Action<ProtobufWriter> WeightsIn(string location, int count) => tensor =>
    {
        tensor.Number(1, count);
        tensor.Number(2, Float);
        tensor.Text(8, "weights");
        tensor.Message(13, entry =>
        {
            entry.Text(1, "location");
            entry.Text(2, location);
        });
        tensor.Number(14, 1);
    };

    private static void Node(ProtobufWriter node, string type, string[] inputs, string output, (string Name, int Value)? attribute = null)
    {
        foreach (var input in inputs)
            node.Text(1, input);
        node.Text(2, output);
        node.Text(4, type);
        if (attribute is { } given)
            node.Message(5, each =>
            {
                each.Text(1, given.Name);
                each.Number(3, given.Value);
                each.Number(20, 2);
            });
    }

    private static void Value(ProtobufWriter value, string name, int type, object[] shape)
    {
        value.Text(1, name);
        value.Message(2, of => of.Message(1, tensor =>
        {
            tensor.Number(1, type);
            tensor.Message(2, sizes =>
            {
                foreach (var size in shape)
                    sizes.Message(1, axis =>
                    {
                        if (size is int number)
                            axis.Number(1, number);
                        else
                            axis.Text(2, (string)size);
                    });
            });
        }));
    }
}
