using Ddpm.Formats;

namespace Ddpm.Onnx;

/// <summary>An AttributeProto: a setting of a node.</summary>
internal readonly struct OnnxAttribute
{
    private const int Name = 1, Float = 2, Integer = 3, Text = 4, Integers = 8, Type = 20;
    private const int IsFloat = 1, IsInteger = 2, IsText = 3, AreIntegers = 7;

    private readonly Action<ProtobufWriter> write;

    private OnnxAttribute(string name, int type, Action<ProtobufWriter> value) => write = message =>
    {
        message.Text(Name, name);
        value(message);
        message.Number(Type, type);
    };

    internal static OnnxAttribute Of(string name, double value) => new(name, IsFloat, message => message.Single(Float, (float)value));

    internal static OnnxAttribute Of(string name, long value) => new(name, IsInteger, message => message.Number(Integer, value));

    internal static OnnxAttribute Of(string name, string value) => new(name, IsText, message => message.Text(Text, value));

    internal static OnnxAttribute Of(string name, long[] values) => new(name, AreIntegers, message =>
    {
        foreach (var value in values)
            message.Number(Integers, value);
    });

    internal void Write(ProtobufWriter message) => write(message);
}
