// Take a model from one program to another: convert a checkpoint, list what a file holds, prove that a network computes what it should.
using System.CommandLine;
using System.Globalization;
using Ddpm;
using Ddpm.Formats;
using Ddpm.Samples;
using TorchSharp;
using static TorchSharp.torch;

var source = new Argument<string>("source") { Description = "A saved model's or a pipeline's folder, or a file of weights." };
var destination = new Argument<string>("destination") { Description = "The folder to write." };
var format = Flag.OneOf("--to", "A pipeline's folder or this library's.", "diffusers", "diffusers", "ddpm");
var convertFlags = new CheckpointFlags();
var convert = new Command("convert", "Reads a checkpoint of any known layout and writes it as a folder.") { source, destination, format };
convertFlags.AddTo(convert, result => result.GetValue(source));
SampleApp.Does(convert, (options, _) =>
{
    var folder = options.GetRequiredValue(destination);
    Writable.Folder("destination", folder);
    using var diffusion = convertFlags.Open(options, options.GetRequiredValue(source));
    if (options.GetRequiredValue(format) == "ddpm")
        diffusion.Save(folder);
    else
        diffusion.SavePretrained(folder);
    SampleApp.Wrote(folder);
});

var listed = new Argument<string>("file") { Description = "A .safetensors, .pth, .pt, .ckpt or .bin file." };
var list = new Command("list", "Prints every tensor of a file: name, type, shape, least, greatest and mean value.") { listed };
SampleApp.Does(list, (options, stop) =>
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

var verified = new Argument<string>("model") { Description = "A saved model's or a pipeline's folder, or a file of weights." };
var expected = new Option<string>("--expected")
    { Description = "A safetensors file with x, t, y and, for a network with classes, labels.", Required = true };
var tolerance = Flag.Number("--tolerance", "The largest difference allowed, in units of the largest |y|.", 1e-5, 0, double.MaxValue);
var verifyFlags = new CheckpointFlags();
var verify = new Command("verify", "Runs a network on stored inputs and compares with the stored outputs.") { verified, expected, tolerance };
verifyFlags.AddTo(verify, result => result.GetValue(verified));
SampleApp.Does(verify, (options, _) =>
{
    using var scope = NewDisposeScope();
    using var noGrad = no_grad();
    using var diffusion = verifyFlags.Open(options, options.GetRequiredValue(verified));
    using var file = TensorFile.Open(options.GetRequiredValue(expected));
    var (x, t, labels, y) = (Read("x"), Read("t"), file.Dictionaries[0].Contains("labels") ? file.Dictionaries[0].Read("labels") : null, Read("y"));
    var output = diffusion.Denoiser.Predict(x, t.to(ScalarType.Float32), labels);
    if (!output.shape.SequenceEqual(y.shape))
        throw new InvalidOperationException(
            $"y must be [{string.Join(", ", output.shape)}] as the network's output, but is [{string.Join(", ", y.shape)}].");
    var difference = ((output - y).abs().max() / y.abs().max()).to(ScalarType.Float64).item<double>();
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"largest difference {difference:E2} of the largest value"));
    var allowed = options.GetRequiredValue(tolerance);
    if (!(difference <= allowed))
        throw new InvalidOperationException(string.Create(
            CultureInfo.InvariantCulture, $"The largest difference must be at most {allowed:E2}, but is {difference:E2}."));

    Tensor Read(string name) => file.Dictionaries is [var tensors, ..] && tensors.Contains(name)
        ? tensors.Read(name)
        : throw new ArgumentException($"{file.File} must hold x, t and y, but has no {name}.");
});

return SampleApp.Run(args, new RootCommand("Takes models between programs.") { convert, list, verify });

static (string Least, string Greatest, string Mean) Statistics(StateDictionary tensors, TensorEntry entry)
{
    if (entry.Type is null || entry.Shape.Contains(0))
        return ("-", "-", "-");
    using var scope = NewDisposeScope();
    var values = tensors.Read(entry.Name).to(ScalarType.Float64);
    return (Text(values.min()), Text(values.max()), Text(values.mean()));

    static string Text(Tensor value) => value.item<double>().ToString("G6", CultureInfo.InvariantCulture);
}
