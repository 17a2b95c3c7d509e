using System.CommandLine;
using System.Globalization;
using Ddpm.Formats;
using static TorchSharp.torch;

namespace Ddpm.Samples;

/// <summary>Prove that a network computes what it should.</summary>
internal static class VerifyCommand
{
    public static Command Make()
    {
        var verified = new Argument<string>("model") { Description = "A saved model's or a pipeline's folder, or a file of weights." };
        var expected = new Option<string>("--expected")
            { Description = "A safetensors file with x, t, y and, for a network with classes, labels.", Required = true };
        var tolerance = Flag.Number("--tolerance", "The largest difference allowed, in units of the largest |y|.", 1e-5, 0, double.MaxValue);
        var checkpoint = new CheckpointFlags();
        var command = new Command("verify", "Runs a network on stored inputs and compares with the stored outputs.")
            { verified, expected, tolerance };
        checkpoint.AddTo(command, result => result.GetValue(verified));
        command.Does((options, _) =>
        {
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            using var diffusion = checkpoint.Open(options, options.GetRequiredValue(verified));
            using var file = TensorFile.Open(options.GetRequiredValue(expected));
            var (x, t, y) = (Read("x"), Read("t"), Read("y"));
            var labels = file.Dictionaries[0].Contains("labels") ? file.Dictionaries[0].Read("labels") : null;
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
        return command;
    }
}
