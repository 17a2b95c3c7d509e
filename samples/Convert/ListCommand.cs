using System.CommandLine;
using System.Globalization;
using Ddpm.Formats;
using static TorchSharp.torch;

namespace Ddpm.Samples;

/// <summary>List what a file of weights holds.</summary>
internal static class ListCommand
{
    public static Command Make()
    {
        var listed = new Argument<string>("file") { Description = "A .safetensors, .pth, .pt, .ckpt or .bin file." };
        var command = new Command("list", "Prints every tensor of a file: name, type, shape, least, greatest and mean value.") { listed };
        command.Does((options, stop) =>
        {
            using var file = TensorFile.Open(options.GetRequiredValue(listed));
            foreach (var dictionary in file.Dictionaries)
            {
                if (dictionary.Key.Length > 0)
                    Console.WriteLine($"[{dictionary.Key}]");
                var width = dictionary.Entries.Select(entry => entry.Name.Length).Append(4).Max();
                Console.WriteLine($"{"name".PadRight(width)}  {"type",-9} {"shape",-18} {"min",12} {"max",12} {"mean",12}");
                foreach (var entry in dictionary.Entries)
                {
                    stop.ThrowIfCancellationRequested();
                    var (least, greatest, mean) = Statistics(dictionary, entry);
                    var shape = "[" + string.Join(", ", entry.Shape) + "]";
                    Console.WriteLine($"{entry.Name.PadRight(width)}  {entry.Code,-9} {shape,-18} {least,12} {greatest,12} {mean,12}");
                }
            }
        });
        return command;
    }

    private static (string Least, string Greatest, string Mean) Statistics(StateDictionary tensors, TensorEntry entry)
    {
        if (entry.Type is null || entry.Shape.Contains(0))
            return ("-", "-", "-");
        using var scope = NewDisposeScope();
        var values = tensors.Read(entry.Name).to(ScalarType.Float64);
        return (Text(values.min()), Text(values.max()), Text(values.mean()));

        static string Text(Tensor value) => value.item<double>().ToString("G6", CultureInfo.InvariantCulture);
    }
}
