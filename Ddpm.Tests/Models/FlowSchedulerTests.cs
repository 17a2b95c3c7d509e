using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ddpm.Tests.Models;

/// <summary>diffusers' schedulers of flow matching: what is written is read back, and what they cannot say is refused with the reason.</summary>
public class FlowSchedulerTests
{
    private const string Scheduler = "scheduler/scheduler_config.json", Index = "model_index.json";

    private static readonly UNetOptions Options = UNetOptions.Tiny with { Channels = 16 };

    private static DiffusionBuilder Flow(double shift = 3, int steps = 1000) =>
        new DiffusionBuilder().WithFlowMatching(shift, steps).WithUNet(Options);

    private static HeunSampler Heun(int steps, double shift) =>
        new(steps) { InFlowTime = true, Spacing = TimestepSpacing.FlowTime(steps, shift) };

    [Test]
    public void SavePretrained_ReadBack_HasEqualParts([Values] bool heun, [Values(1, 3.5)] double shift)
    {
        const int count = 28;
        using var folder = new TemporaryFolder();
        var builder = heun ? Flow(shift).WithSampler(Heun(count, shift)) : Flow(shift);
        using var model = builder.Build();
        model.SavePretrained(folder.Path);
        var name = heun ? "FlowMatchHeunDiscreteScheduler" : "FlowMatchEulerDiscreteScheduler";
        using (var json = JsonDocument.Parse(File.ReadAllText(folder.File(Scheduler))))
        {
            Assert.That(json.RootElement.GetProperty("_class_name").GetString(), Is.EqualTo(name));
            Assert.That(json.RootElement.GetProperty("num_train_timesteps").GetInt32(), Is.EqualTo(1000));
            Assert.That(json.RootElement.GetProperty("shift").GetDouble(), Is.EqualTo(shift));
        }
        Assert.That(File.ReadAllText(folder.File(Index)), Does.Contain(name));

        // How many steps is a setting of the call, not of the folder.
        using var again = Diffusion.FromPretrained(folder.Path, new() { Steps = count });
        Assert.That(again.Process.Schedule, Is.EqualTo(model.Process.Schedule));
        Assert.That(again.Prediction, Is.EqualTo(model.Prediction));
        Assert.That(again.Sampler, Is.EqualTo(model.Sampler));
        Assert.That(again.Levels, Is.EqualTo(model.Levels));

        using var twice = new TemporaryFolder();
        again.SavePretrained(twice.Path);
        foreach (var file in Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories))
            Assert.That(
                File.ReadAllBytes(Path.Combine(twice.Path, Path.GetRelativePath(folder.Path, file))), Is.EqualTo(File.ReadAllBytes(file)), file);
    }

    // T is what diffusers multiplies the time by, so a process of other steps is told other numbers.
    [Test]
    public void SavePretrained_OfAnotherT_SaysIt()
    {
        using var folder = new TemporaryFolder();
        using (var model = Flow(steps: 500).WithParameterization(Parameterization.Flow(500)).Build())
            model.SavePretrained(folder.Path);
        using var again = Diffusion.FromPretrained(folder.Path);
        Assert.That(again.Process.Schedule, Is.EqualTo(new FlowMatchingSchedule(500, 3)));
        Assert.That(again.Prediction.Parameterization, Is.EqualTo(Parameterization.Flow(500)));
    }

    private static IEnumerable<TestCaseData> Unsaid
    {
        get
        {
            static TestCaseData Case(string name, string reason, Func<DiffusionBuilder> make) =>
                new TestCaseData(make, reason).SetArgDisplayNames(name);
            static DiffusionBuilder With(ISampler sampler) => Flow().WithSampler(sampler);
            var times = TimestepSpacing.FlowTime(10, 3);
            yield return Case("EDM", "epsilon, x_0 or v", () => new DiffusionBuilder().WithEdm().WithUNet(Options));
            yield return Case("flow on another process", "epsilon, x_0 or v",
                () => new DiffusionBuilder().WithUNet(Options).WithParameterization(Parameterization.Flow()));
            yield return Case("clipping", "clip", () => Flow().WithPrediction(new PredictorOptions { Parameterization = Parameterization.Flow() }));
            yield return Case("threshold", "clip",
                () => Flow().WithPrediction(new PredictorOptions { Parameterization = Parameterization.Flow(), Clip = null, Threshold = new() }));
            yield return Case("another factor", "told T times", () => Flow().WithParameterization(Parameterization.Flow(1)));
            yield return Case("another T than the factor", "told T times", () => Flow(steps: 500));
            yield return Case("another prediction", "told T times", () => Flow().WithParameterization(Parameterization.V));
            yield return Case("churn", "Euler's or Heun's", () => With(new EulerSampler(10) { Spacing = times, Churn = new() { Amount = 5 } }));
            yield return Case("Heun with churn", "Euler's or Heun's", () => With(Heun(10, 3) with { Churn = new() { Amount = 5 } }));
            yield return Case("ancestral", "Euler's or Heun's", () => With(new EulerSampler(10) { Spacing = times, Eta = 1 }));
            yield return Case("another end", "Euler's or Heun's", () => With(new EulerSampler(10) { Spacing = times, End = SamplingEnd.FirstStep }));
            yield return Case("Heun in rho", "Euler's or Heun's", () => With(new HeunSampler(10) { Spacing = times }));
            yield return Case("another solver", "Euler's or Heun's", () => With(new DpmSolver(10) { Spacing = times }));
            yield return Case("Karras", "spaced evenly", () => With(new EulerSampler(10) { Spacing = TimestepSpacing.Karras(10) }));
            yield return Case("every step", "spaced evenly", () => With(new EulerSampler { Spacing = TimestepSpacing.All }));
            yield return Case("another shift", "spaced evenly", () => With(new EulerSampler(10) { Spacing = TimestepSpacing.FlowTime(10) }));
            yield return Case("twice the channels", "6 output channels",
                () => Flow().WithUNet(Options with { OutputChannels = 6 }));
        }
    }

    [TestCaseSource(nameof(Unsaid))]
    public void SavePretrained_OfWhatNoSchedulerSays_IsRefusedWithTheReason(Func<DiffusionBuilder> make, string reason)
    {
        using var folder = new TemporaryFolder();
        using var model = make().Build();
        Assert.That(() => model.SavePretrained(folder.Path), Throws.InvalidOperationException.With.Message.Contains(reason));
        Assert.That(Directory.GetFileSystemEntries(folder.Path), Is.Empty);
    }

    private static DiffusionBuilder Read(JsonObject config, PretrainedOptions? options = null)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("scheduler_config.json"), config.ToJsonString());
        return new DiffusionBuilder().WithScheduler(folder.File("scheduler_config.json"), options).WithUNet(Options);
    }

    // The entries of Stable Diffusion 3's file.
    private static JsonObject Config() => new()
    {
        ["_class_name"] = "FlowMatchEulerDiscreteScheduler", ["_diffusers_version"] = "0.42.1", ["base_image_seq_len"] = 256, ["base_shift"] = 0.5,
        ["invert_sigmas"] = false, ["max_image_seq_len"] = 4096, ["max_shift"] = 1.15, ["num_train_timesteps"] = 1000, ["shift"] = 3.0,
        ["shift_terminal"] = null, ["stochastic_sampling"] = false, ["time_shift_type"] = "exponential", ["use_beta_sigmas"] = false,
        ["use_dynamic_shifting"] = false, ["use_exponential_sigmas"] = false, ["use_karras_sigmas"] = false,
    };

    [Test]
    public void WithScheduler_OfAWholeFile_IsThePresetAndWarnsOfNothing()
    {
        var told = new List<string>();
        using var read = Read(Config(), new() { Steps = 28, Warnings = new Direct<string>(told.Add) }).Build();
        using var preset = Flow().Build();
        Assert.That((read.Process.Schedule, read.Prediction, read.Sampler), Is.EqualTo((preset.Process.Schedule, preset.Prediction, preset.Sampler)));
        Assert.That(told, Is.Empty);
    }

    [TestCase("use_dynamic_shifting", "true", "false")]
    [TestCase("use_karras_sigmas", "true", "false")]
    [TestCase("use_exponential_sigmas", "true", "false")]
    [TestCase("use_beta_sigmas", "true", "false")]
    [TestCase("invert_sigmas", "true", "false")]
    [TestCase("stochastic_sampling", "true", "false")]
    [TestCase("stochastic_sampling", "7", "true or false")]
    [TestCase("shift_terminal", "0.1", "null")]
    [TestCase("shift", "0", "shift")]
    [TestCase("shift", "\"large\"", "a number")]
    [TestCase("num_train_timesteps", "1", "steps")]
    [TestCase("_class_name", "\"FlowMatchLCMScheduler\"", "FlowMatchHeunDiscreteScheduler")]
    public void WithScheduler_OfWhatIsNotHere_NamesFieldAndRule(string field, string value, string rule)
    {
        var config = Config();
        config[field] = JsonNode.Parse(value);
        Assert.That(() => Read(config), Throws.TypeOf<DataFormatException>()
            .With.Message.Contains(rule).And.Message.Contains("scheduler_config.json"));
    }
}
