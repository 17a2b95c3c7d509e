using System.Text.Json.Nodes;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core;

/// <summary>
/// Flow matching as torchcfm and diffusers' schedulers compute it (Golden/edm-flow), for the network F(x, c) = 0.8 sin(x) c/(1 + |c|) + 0.2 x.
/// </summary>
public class FlowRecordingsTests
{
    private const string File = "edm-flow/edm-flow.safetensors", Index = "edm-flow/edm-flow.json";

    // In double: a few roundings.
    private const double Tolerance = 1e-12;

    private static readonly GaussianDiffusion Process = new(new FlowMatchingSchedule());

    // torchcfm tells a share of 1.
    private static readonly Parameterization Flow = Parameterization.Flow(timeFactor: 1);

    private static IEnumerable<TestCaseData> Trajectories =>
        Recordings.Cases(Index, () => Recordings.Index(Index).EnumerateObject().Select(each => each.Name));

    // Its t is 0 in pure noise, where the library's is 1, and its velocity leads to the data, where the library's leads to the noise.
    [Test]
    public void PerImage_IsTorchcfms()
    {
        using var scope = NewDisposeScope();
        var (x0, noise, at) = Given();
        var denoiser = new FormulaDenoiser((x, told) => -F(x, 1 - told));
        var loss = new TrainingLoss().PerImage(Process, denoiser, Flow, x0, at, noise);
        Expect.RelativelyClose(loss, Recordings.Read(File, "cfm.loss"), Tolerance);
    }

    [Test]
    public void InputAndTarget_AreTorchcfms()
    {
        using var scope = NewDisposeScope();
        var (x0, noise, at) = Given();
        var x = GaussianDiffusion.Diffuse(x0, at, noise);
        var scale = tensor(at.Select(Flow.InputScale).ToArray()).view(-1, 1, 1, 1);
        Expect.RelativelyClose(x * scale, Recordings.Read(File, "cfm.xt"), Tolerance);
        Expect.RelativelyClose(-Flow.Target(x0, noise, new PointBatch(at)), Recordings.Read(File, "cfm.ut"), Tolerance);
    }

    // float32 states against double: Heun's divide a rounding (6e-8) by the last level, 0.001, and multiply by half a step; 3.5e-6 seen.
    [TestCaseSource(nameof(Trajectories))]
    public void Run_OfARecordedScheduler_IsItsTrajectory(string name)
    {
        using var scope = NewDisposeScope();
        var recording = Recordings.Index(Index).GetProperty(name);
        var expected = Recordings.Read(File, name).to(ScalarType.Float64);
        var told = new List<double>();
        var denoiser = new FormulaDenoiser((x, t) =>
        {
            told.Add(t.flatten()[0].item<double>());
            return F(x, t / 1000);
        });
        var shape = expected.shape[1..];
        using var diffusion = Read(name, recording.GetProperty("shift").GetDouble(), recording.GetProperty("steps").GetInt32())
            .WithDenoiser(denoiser, new((int)shape[1], (int)shape[2], (int)shape[3])).Build();
        var (states, times) = (new List<Tensor> { expected[0] }, new List<double> { 1 });
        foreach (var frame in diffusion.Sampler.Run(
            new Predictor(denoiser, diffusion.Process.Path, diffusion.Prediction), SamplingStart.FromNoise(expected[0]), new SeededNoise(0)))
        {
            states.Add(frame.X / (frame.At.Alpha + frame.At.Sigma));
            times.Add(frame.At.FlowTime);
        }

        // Numbers up to 1 and up to 1,000, after a few roundings of float32.
        Assert.That(times, Is.EqualTo(recording.GetProperty("sigmas").Numbers()).Within(3e-7));
        Assert.That(told, Is.EqualTo(recording.GetProperty("timesteps").Numbers()).Within(3e-4));
        Expect.RelativelyClose(stack(states), expected, 1e-5);
    }

    // What WithScheduler makes of the file that the recorded scheduler would write.
    private static DiffusionBuilder Read(string name, double shift, int steps)
    {
        var kind = name.StartsWith("heun", StringComparison.Ordinal) ? "Heun" : "Euler";
        using var folder = new TemporaryFolder();
        var path = folder.File("scheduler_config.json");
        var config = new JsonObject { ["_class_name"] = $"FlowMatch{kind}DiscreteScheduler", ["num_train_timesteps"] = 1000, ["shift"] = shift };
        System.IO.File.WriteAllText(path, config.ToJsonString());
        return new DiffusionBuilder().WithScheduler(path, new() { Steps = steps });
    }

    private static Tensor F(Tensor x, Tensor c) => 0.8 * x.sin() * c / (1 + c.abs()) + 0.2 * x;

    private static (Tensor X0, Tensor Noise, DiffusionPoint[] At) Given()
    {
        double[] times = [.. Recordings.Read(File, "cfm.t").data<double>()];
        return (Recordings.Read(File, "x0"), Recordings.Read(File, "eps"), Array.ConvertAll(times, t => Process.Path.AtFlowTime(1 - t)));
    }
}
