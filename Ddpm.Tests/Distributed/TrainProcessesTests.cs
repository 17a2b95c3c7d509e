using System.Diagnostics;
using System.Text.RegularExpressions;
using Ddpm.Tests.Samples;

namespace Ddpm.Tests.Distributed;

/// <summary>The sample Train as several processes, as mpirun starts it.</summary>
public class TrainProcessesTests
{
    private static readonly string[] Recipe =
        ["--data_type", "shapes", "--size", "16", "--network", "tiny", "--recipe", "reference", "--batchsize", "8", "--seed", "3"];

    [Test]
    [Category("Slow")]
    public void Train_ByTwoProcesses_AndThenByThree_IsTheTrainingOfOne()
    {
        using var folder = new TemporaryFolder();
        var (_, alone, _) = SampleProgram.Run("Train", [.. Recipe, "--steps", "6", "--every", "0", "--out", folder.File("alone")]);
        var first = Train(2, 4, folder.File("parts"));
        Assert.That(first.Code, Is.Zero, first.Error);
        // One process speaks, and says what one alone does.
        Assert.That(Regex.Count(first.Output, @"4096 images of .*, processes: 2\n"), Is.EqualTo(1), first.Output);
        Assert.That(Lines(first.Output), Is.EqualTo(Lines(alone)));
        Assert.That(Regex.Count(first.Error, "warning: The learning rate"), Is.LessThanOrEqualTo(1), first.Error);
        var second = Train(3, 6, folder.File("parts"), "--shard_optimizer");
        Assert.That(second.Code, Is.Zero, second.Error);
        Assert.That(Regex.Count(second.Output, "going on with the run in"), Is.EqualTo(1), second.Output);
        Assert.That(File.ReadAllLines(folder.File("parts/loss.csv")), Has.Length.EqualTo(7));
        using var expected = Diffusion.FromPretrained(folder.File("alone/model"));
        using var trained = Diffusion.FromPretrained(folder.File("parts/model"));
        using var fresh = new DiffusionBuilder().WithUNet(((UNet)expected.Denoiser).Options).WithSeed(3).Build();
        Assert.That(Distance(trained, expected), Is.LessThan(1e-6));
        Assert.That(Distance(fresh, expected), Is.GreaterThan(1e-4));

        // But for the progress, and for where it went.
        static string[] Lines(string output) =>
            [.. output.Split('\n').Where(line => line.StartsWith("wrote ", StringComparison.Ordinal)).Select(Path.GetFileName).Order()!];
    }

    [Test]
    public void Train_WhereMpirunIsToldToEnd_SavesAndGoesOn()
    {
        using var folder = new TemporaryFolder();
        var (code, output, error) = Train(
            2, 1_000_000, folder.Path, whenTraining: job => Process.Start("kill", ["-USR1", $"{job.Id}"]).WaitForExit());
        Assert.That(code, Is.EqualTo(138), output + error);
        Assert.That(Regex.Count(error, "Interrupted."), Is.EqualTo(1), error);
        Assert.That(output, Does.Contain("wrote "));
        using var model = Diffusion.FromPretrained(folder.File("model"));
        Assert.That(Diffusion.HasTrainingState(folder.Path), Is.True);
    }

    [Test]
    public void Train_ThatFailsInTheFirst_EndsAllWithOneLine()
    {
        using var folder = new TemporaryFolder();
        var start = Mpirun.StartOf(
            2, [], [], [SampleProgram.Library("Train"), "--data_type", "shapes", "--size", "18", "--distributed", "mpi", "--out", folder.Path]);
        using var job = Process.Start(start)!;
        var error = job.StandardError.ReadToEnd();
        job.WaitForExit();
        Assert.That(job.ExitCode, Is.EqualTo(1));
        Assert.That(error, Does.Match(@"error: process [01] of 2: "));
        Assert.That(error, Does.Not.Contain("   at "));
    }

    // Each would write into the same folder.
    [Test]
    [Category("Slow")]
    public void Train_StartedByMpirunWithoutTheFlag_WarnsOfIt()
    {
        using var folder = new TemporaryFolder();
        var start = SampleProgram.StartOf("Train", [.. Recipe, "--steps", "1", "--every", "0", "--out", folder.Path]);
        start.Environment["OMPI_COMM_WORLD_SIZE"] = "4";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, output.Result);
        Assert.That(error, Does.Contain("warning: This is one of 4 processes").And.Contain("--distributed mpi"));
    }

    [TestCase("--heartbeat", "0")]
    [TestCase("--patience", "60")]
    public void Train_Alone_RefusesWhatSaysNothing(string flag, string value)
    {
        var (code, _, error) = SampleProgram.Call("Train", [.. Recipe, flag, value]);
        Assert.That((code, error), Is.EqualTo((1, $"error: {flag} would be ignored with --distributed none. Try --help.\n")));
    }

    private static (int Code, string Output, string Error) Train(
        int processes, int steps, string output, string? flag = null, Action<Process>? whenTraining = null)
    {
        var start = Mpirun.StartOf(
            processes, [], [],
            [
                SampleProgram.Library("Train"), .. Recipe, "--steps", $"{steps}", "--every", "0", "--distributed", "mpi", "--out", output,
                .. flag is null ? [] : (string[])[flag],
            ]);
        start.RedirectStandardOutput = true;
        using var job = Process.Start(start)!;
        var error = job.StandardError.ReadToEndAsync();
        var said = new System.Text.StringBuilder();
        // Of mpirun's terminal.
        for (var reader = job.StandardOutput; reader.Read() is >= 0 and var letter; said.Append((char)letter))
            if (whenTraining is not null && letter == '0' && said.ToString().EndsWith("loss ", StringComparison.Ordinal))
            {
                whenTraining(job);
                whenTraining = null;
            }
        job.WaitForExit();
        return (job.ExitCode, said.ToString().ReplaceLineEndings("\n"), error.Result);
    }

    private static double Distance(Diffusion a, Diffusion b)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        var (one, other) = (Weights(a), Weights(b));
        return ((one - other).norm() / other.norm()).item<float>();

        static TorchSharp.torch.Tensor Weights(Diffusion model) =>
            TorchSharp.torch.cat([.. model.Denoiser.Network!.parameters().Select(weights => weights.detach().view(-1))]);
    }
}
