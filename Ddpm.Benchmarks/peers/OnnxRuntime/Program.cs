// ONNX Runtime as a peer of compare-sampling: FOLDER NETWORK BATCH PRECISION THREADS; the network is FOLDER/NETWORK-BATCH.onnx, in float32.
// Writes "ready"; then, for each line read, computes a step and writes its milliseconds.
using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.OnnxRuntime;

var (folder, network, batch) = (args[0], args[1], int.Parse(args[2], CultureInfo.InvariantCulture));
using var settings = new SessionOptions
{
    IntraOpNumThreads = int.Parse(args[4], CultureInfo.InvariantCulture),
    GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
};
using var session = new InferenceSession(Path.Combine(folder, $"{network}-{batch}.onnx"), settings);
using var run = new RunOptions();
var random = new Random(0);
float[] noise = [.. Enumerable.Range(0, batch * 3 * 32 * 32).Select(_ => 2 * random.NextSingle() - 1)];
using var x = OrtValue.CreateTensorValueFromMemory(noise, [batch, 3, 32, 32]);
using var t = OrtValue.CreateTensorValueFromMemory([.. Enumerable.Repeat(333f, batch)], [batch]);
Step();
Console.WriteLine("ready");
while (Console.ReadLine() is not null)
{
    var began = Stopwatch.GetTimestamp();
    Step();
    Console.WriteLine(Stopwatch.GetElapsedTime(began).TotalMilliseconds.ToString("F4", CultureInfo.InvariantCulture));
}

void Step() => session.Run(run, ["x", "t"], [x, t], ["noise"]).Dispose();
