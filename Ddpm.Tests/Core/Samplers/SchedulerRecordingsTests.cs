using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Samplers;

/// <summary>
/// Schedulers of diffusers on the network 0.8 sin(x) t/(t+1) + 0.2 x: every state of the trajectories that the originals made, and the last state of
/// many more settings, drawn at random, by an implementation in NumPy that reproduces those trajectories.
/// </summary>
public class SchedulerRecordingsTests
{
    private static readonly JsonElement Originals = Index("index"), More = Index("more");

    private static IEnumerable<string> Names => Originals.EnumerateObject().Concat(More.EnumerateObject()).Select(recording => recording.Name);

    [TestCaseSource(nameof(Names))]
    public void Run_OfARecordedScheduler_IsItsTrajectory(string name) => Compare(name);

    // The table of docs/samplers.md.
    [Test]
    public void Run_OfAllRecordings_HasTheDifferencesOfTheTable()
    {
        foreach (var index in (JsonElement[])[Originals, More])
            foreach (var scheduler in index.EnumerateObject()
                    .GroupBy(recording => recording.Value.GetProperty("class").GetString(), recording => recording.Name))
                TestContext.Out.WriteLine($"| {scheduler.Key} | {scheduler.Count()} | {scheduler.Max(Compare):E1} |");
    }

    private static double Compare(string name)
    {
        using var scope = NewDisposeScope();
        var isOriginal = Originals.TryGetProperty(name, out var recording);
        if (!isOriginal)
            recording = More.GetProperty(name);
        using var file = SafetensorsFile.Open(Shared.Golden($"schedulers/{(isOriginal ? "trajectories" : "more")}.safetensors"));
        var expected = file.Read(name).to(ScalarType.Float64);
        var config = new SchedulerRecording(recording);

        var told = new List<double>();
        var denoiser = new FormulaDenoiser((x, t) =>
        {
            told.Add(t.flatten()[0].item<double>());
            var output = 0.8 * x.sin() * (t / (t + 1)) + 0.2 * x;
            output = config.IsNegative ? -output : output;
            return config.Variance switch
            {
                "learned" => cat([output, 0.004 * (1.5 + x.cos())], 1),
                "learned_range" => cat([output, 0.5 * x.cos()], 1),
                _ => output,
            };
        });
        using var diffusion = config.Builder().WithDenoiser(denoiser, new(3, 4, 4)).Build();
        var (path, sampler) = (diffusion.Process.Path, config.WithArguments((GridSampler)diffusion.Sampler));
        using var generator = new Generator(0);
        var z = CosineNoise.Draw(0, 2, 3, 4, 4).to(ScalarType.Float64);
        var start = config.IsInRho
            ? z * (recording.GetProperty("init_noise_sigma").GetDouble() * sampler.Spacing.Select(sampler.Seen(path))[0].Alpha)
            : z;
        var begin = sampler is DdimInversion ? SamplingStart.FromImage(start) : SamplingStart.FromNoise(start);
        var states = new List<Tensor> { expected[0] };
        foreach (var frame in sampler.Run(new Predictor(denoiser, path, diffusion.Prediction), begin, new GeneratorNoise(generator)))
            states.Add(config.IsInRho ? frame.X / frame.At.Alpha : frame.X);

        // Whole steps are equal; fractional ones are float32 numbers up to 3,999 (2e-4), and some come from float32 levels.
        Assert.That(told, Is.EqualTo(recording.GetProperty("timesteps").EnumerateArray().Select(t => t.GetDouble())).Within(1e-3));
        // Double against float32 states, whose error is magnified by up to 1/α at the start; 1.4e-5 seen.
        return Expect.RelativelyClose(stack(states.TakeLast((int)expected.shape[0])), expected, 3e-5);
    }

    // Python writes -Infinity, which JSON does not have.
    private static JsonElement Index(string name) =>
        JsonDocument.Parse(File.ReadAllText(Shared.Golden($"schedulers/{name}.json")).Replace("-Infinity", "null")).RootElement;
}
