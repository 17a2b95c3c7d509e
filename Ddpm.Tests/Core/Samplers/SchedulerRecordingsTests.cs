using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Samplers;

/// <summary>Every state of the trajectories that diffusers' schedulers made of the network 0.8 sin(x) t/(t+1) + 0.2 x.</summary>
public class SchedulerRecordingsTests
{
    // Python writes -Infinity, which JSON does not have.
    private static readonly JsonElement Index =
        JsonDocument.Parse(File.ReadAllText(Shared.Golden("schedulers/index.json")).Replace("-Infinity", "null")).RootElement;

    private static IEnumerable<string> Names => Index.EnumerateObject().Select(recording => recording.Name);

    [TestCaseSource(nameof(Names))]
    public void Run_OfARecordedScheduler_IsItsTrajectory(string name) => Compare(name);

    // The table of docs/samplers.md.
    [Test]
    public void Run_OfAllRecordings_HasTheDifferencesOfTheTable()
    {
        foreach (var scheduler in Index.EnumerateObject().GroupBy(recording => recording.Value.GetProperty("class").GetString(), recording => recording.Name))
            TestContext.Out.WriteLine($"| {scheduler.Key} | {scheduler.Count()} | {scheduler.Max(Compare):E1} |");
    }

    private static double Compare(string name)
    {
        using var scope = NewDisposeScope();
        using var file = SafetensorsFile.Open(Shared.Golden("schedulers/trajectories.safetensors"));
        var expected = file.Read(name);
        var recording = Index.GetProperty(name);
        var config = new SchedulerConfig(recording);
        var (path, sampler) = (new DiffusionPath(config.Schedule()), config.Sampler());

        var told = new List<double>();
        var denoiser = new FormulaDenoiser((x, t) =>
        {
            told.Add(t.flatten()[0].item<float>());
            var output = 0.8 * x.sin() * (t / (t + 1)) + 0.2 * x;
            return config.Variance switch
            {
                "learned" => cat([output, 0.004 * (1.5 + x.cos())], 1),
                "learned_range" => cat([output, 0.5 * x.cos()], 1),
                _ => name.StartsWith("edm") ? -output : output,
            };
        });
        using var generator = new Generator(0);
        var z = CosineNoise.Draw(0, 2, 3, 4, 4);
        var start = config.IsInRho ? z * (recording.GetProperty("init_noise_sigma").GetDouble() * sampler.Spacing.Select(path)[0].Alpha) : z;
        var states = new List<Tensor> { expected[0] };
        var begin = sampler is DdimInversion ? SamplingStart.FromImage(start) : SamplingStart.FromNoise(start);
        foreach (var frame in sampler.Run(new Predictor(denoiser, path, config.Options()), begin, new GeneratorNoise(generator)))
            states.Add(config.IsInRho ? frame.X / frame.At.Alpha : frame.X);

        // Whole steps are equal; fractional ones are float32 numbers up to 999 (6e-5), and some come from float32 levels.
        Assert.That(told, Is.EqualTo(recording.GetProperty("timesteps").EnumerateArray().Select(t => t.GetDouble())).Within(1e-3));
        return Expect.RelativelyClose(stack(states), expected, 3e-5);        // float32 against float32 states, magnified by up to 1/α at the start; 1.4e-5 seen
    }
}
