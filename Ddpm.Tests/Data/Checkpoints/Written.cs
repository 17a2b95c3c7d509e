using System.Globalization;
using System.Text;

namespace Ddpm.Tests.Data.Checkpoints;

/// <summary>Checkpoints whose bytes follow from their step. Nothing here may refer to NUnit: <see cref="SaveLoop"/> runs without.</summary>
internal static class Written
{
    internal const string Model = "model.bin", State = "state.txt";

    internal static string Label(int step) => string.Create(CultureInfo.InvariantCulture, $"step-{step:D7}");

    /// <summary>The files of a step: noise of a size, and the step's number.</summary>
    internal static (string, Action<Stream>)[] Files(int step, int bytes) => [(Model, Noise(step, bytes)), (State, Text(step))];

    /// <summary>Writes a step into a store.</summary>
    internal static string Write(this CheckpointStore store, int step, int bytes = 100, double? score = null) =>
        store.Write(Label(step), Files(step, bytes), score);

    /// <summary>The step of a checkpoint whose files are those of that step, each byte of them.</summary>
    internal static int Step(CheckpointFolder checkpoint)
    {
        var step = int.Parse(File.ReadAllText(checkpoint.File(State)), CultureInfo.InvariantCulture);
        var model = File.ReadAllBytes(checkpoint.File(Model));
        using var expected = new MemoryStream();
        Noise(step, model.Length)(expected);
        if (!model.AsSpan().SequenceEqual(expected.ToArray()) || !checkpoint.Path.EndsWith(Label(step), StringComparison.Ordinal))
            throw new InvalidDataException($"{checkpoint.Path} is not what was written at step {step}.");
        return step;
    }

    private static Action<Stream> Text(int step) => stream => stream.Write(Encoding.ASCII.GetBytes(step.ToString(CultureInfo.InvariantCulture)));

    private static Action<Stream> Noise(int step, int bytes) => stream =>
    {
        const int Piece = 10_000;
        var random = new Random(step);
        for (var left = bytes; left > 0; left -= Piece)
        {
            var piece = new byte[Math.Min(left, Piece)];
            random.NextBytes(piece);
            stream.Write(piece);
        }
    };
}
