using System.Collections.Concurrent;
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
    private const string Originals = "schedulers/index.json", More = "schedulers/more.json";

    // Each recording is run once, also for the table.
    private static readonly ConcurrentDictionary<(string Index, string Name), Lazy<double>> Differences = new();

    private static IEnumerable<TestCaseData> Trajectories => Recordings.Cases(Originals, () => Names(Originals));

    private static IEnumerable<TestCaseData> OtherSettings => Recordings.Cases(More, () => Names(More));

    private static IEnumerable<string> Names(string index) => Recordings.Index(index).EnumerateObject().Select(recording => recording.Name);

    // Double against float32 states, whose error is magnified by up to 1/α at the start; 1.4e-5 seen.
    [TestCaseSource(nameof(Trajectories))]
    public void Run_OfARecordedScheduler_IsItsTrajectory(string name) => Expect.AtMost(Difference(Originals, name), 3e-5);

    [TestCaseSource(nameof(OtherSettings))]
    public void Run_WithOtherSettings_EndsWhereItShould(string name) => Expect.AtMost(Difference(More, name), 3e-5);

    [Test]
    public void Run_OfAllRecordings_HasTheDifferencesOfTheTable()
    {
        if (!Recordings.AreOurs)
            Assert.Ignore("The table of docs/samplers.md tells of this repository's recordings.");
        var ours = Recordings.Index(Originals).EnumerateObject()
            .GroupBy(recording => recording.Value.GetProperty("class").GetString()!, recording => Difference(Originals, recording.Name))
            .ToDictionary(of => of.Key);
        var table = DocumentedTable.Rows("docs/samplers.md", "original", "here", "recordings", "largest difference")
            .Where(row => row[0].StartsWith("diffusers ", StringComparison.Ordinal))
            .ToDictionary(row => row[0].Split(' ', ',')[1]);
        Assert.That(table.Keys, Is.EquivalentTo(ours.Keys));
        Assert.Multiple(() =>
        {
            foreach (var (scheduler, row) in table)
            {
                var told = DocumentedTable.Number(row[3]);
                TestContext.Out.WriteLine(FormattableString.Invariant($"{scheduler}: {ours[scheduler].Count()}, {ours[scheduler].Max():E1}"));
                Assert.That(ours[scheduler].Count(), Is.EqualTo(DocumentedTable.Number(row[2])), scheduler);
                // Another processor rounds the network's sine otherwise, by the last digit of a double: nothing beside float32's.
                Assert.That(ours[scheduler].Max(), Is.EqualTo(told).Within(6).Percent, scheduler);
            }
        });
    }

    private static double Difference(string index, string name) =>
        Differences.GetOrAdd((index, name), _ => new(() => Compare(Recordings.Index(index).GetProperty(name), index, name))).Value;

    private static double Compare(JsonElement recording, string index, string name)
    {
        using var scope = NewDisposeScope();
        var expected = Recordings.Read(index == Originals ? "schedulers/trajectories.safetensors" : "schedulers/more.safetensors", name)
            .to(ScalarType.Float64);
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
        var shape = expected.shape[1..];
        using var diffusion = config.Builder().WithDenoiser(denoiser, new((int)shape[1], (int)shape[2], (int)shape[3])).Build();
        var (path, sampler) = (diffusion.Process.Path, config.WithArguments((GridSampler)diffusion.Sampler));
        using var generator = new Generator(config.Seed);
        var z = CosineNoise.Draw(0, shape).to(ScalarType.Float64);
        var start = config.IsInRho
            ? z * (recording.GetProperty("init_noise_sigma").GetDouble() * sampler.Spacing.Select(sampler.PathOf(path))[0].Alpha)
            : z;
        var begin = sampler is DdimInversion ? SamplingStart.FromImage(start) : SamplingStart.FromNoise(start);
        var states = new List<Tensor> { expected[0] };
        foreach (var frame in sampler.Run(new Predictor(denoiser, path, diffusion.Prediction), begin, new GeneratorNoise(generator)))
            states.Add(config.IsInRho ? frame.X / frame.At.Alpha : frame.X);

        // Whole steps are equal; fractional ones are float32 numbers up to 3,999 (2e-4), and some come from float32 levels.
        Assert.That(told, Is.EqualTo(recording.GetProperty("timesteps").Numbers()).Within(1e-3));
        return Expect.RelativeDifference(stack(states.TakeLast((int)expected.shape[0])), expected);
    }
}
