using System.Text.Json;

namespace Ddpm.Tests.Samples;

/// <summary>The samples' jobs from beginning to end.</summary>
public class SampleRunsTests
{
    private static readonly string[] Endless =
        ["--data_type", "shapes", "--size", "16", "--network", "tiny", "--batchsize", "2", "--steps", "1000000", "--every", "0"];

    [Test]
    public void Convert_OfAnotherLayout_IsProvenByItsRecordedOutputs()
    {
        using var folder = new TemporaryFolder();
        var network = Recordings.Index("layouts/layouts.json").EnumerateObject().FirstOrDefault(each => each.Value.Says("use_new_attention_order"));
        if (network.Value.ValueKind != JsonValueKind.Object)
            Assert.Ignore("layouts.json has no network with the new order of attention.");
        var (name, settings) = (network.Name, network.Value);
        var (original, expected) = (Recordings.At($"layouts/{name}.pt"), Recordings.At($"layouts/{name}.expected.safetensors"));
        string[] given =
        [
            "--heads", settings.GetProperty("num_heads").ToString(), "--groups", settings.GetProperty("norm_groups").ToString(),
            "--schedule", "linear", "--new_attention_order",
        ];
        var converted = SampleProgram.Call(
            "Convert", ["convert", original, folder.File("own"), "--to", "ddpm", .. given]);
        Assert.That(converted.ExitCode, Is.Zero, converted.Error);
        var right = SampleProgram.Call("Convert", "verify", folder.File("own"), "--expected", expected);
        Assert.That(right.ExitCode, Is.Zero, right.Error);
        Assert.That(right.Output, Does.Match(@"largest difference \d\.\d\dE-00[678]"));
        // The legacy order of query, key and value gives other numbers.
        var wrong = SampleProgram.Call("Convert", ["verify", original, "--expected", expected, .. given[..6]]);
        Assert.That(wrong.ExitCode, Is.EqualTo(1));
        Assert.That(wrong.Error, Does.Contain("at most 1.00E-005"));
    }

    [Test]
    public void Convert_List_PrintsEveryTensor()
    {
        var (code, output, error) = SampleProgram.Call("Convert", "list", Recordings.At("seed/model.pth"));
        Assert.That(code, Is.Zero, error);
        var info = Recordings.Index("seed/info.json");
        Assert.That(output.Split('\n'), Has.Length.GreaterThan(info.GetProperty("state_entries").GetInt32()));
        Assert.That(output, Does.Match($@"encoder\.conv\.weight +float32 +\[{info.GetProperty("channels")}, 3, 3, 3\] +-?\d"));
    }

    [Test]
    [Category("Slow")]
    public void Frontier_OfTwoPrecisions_MarksTheWaysThatNothingBeats()
    {
        using var folder = new TemporaryFolder();
        var model = folder.File("run/model");
        Assert.That(SampleProgram.Call("Train", "--data_type", "shapes", "--size", "16", "--network", "tiny", "--recipe", "small", "--batchsize", "8",
            "--steps", "2", "--timesteps", "30", "--out", folder.File("run")).ExitCode, Is.Zero);
        var (code, output, error) = SampleProgram.Call("Frontier", "--weights", model, "--samplers", "ddim", "ddpm", "heun", "--steps", "2,5,29",
            "--images", "2", "--turns", "2", "--out", folder.Path);
        Assert.That(code, Is.Zero, output + error);
        using var json = JsonDocument.Parse(File.ReadAllText(folder.File("frontier.json")));
        var points = json.RootElement.GetProperty("points").EnumerateArray().ToArray();
        Assert.That(points, Has.Length.EqualTo(3 * 3 * 2));
        Assert.That(points.Where(IsStochastic).Select(point => $"{point.GetProperty("sampler")}"), Is.All.EqualTo("ddpm").And.Exactly(6).Items);
        var exact = points.Where(point => !IsStochastic(point)).ToArray();
        Assert.That(points.Where(IsOnFront), Is.SubsetOf(exact).And.Contains(exact.MinBy(Distance)));
        foreach (var point in exact)
        {
            var isBeaten = exact.Any(other => Distance(other) < Distance(point) && Speed(other) >= 0.95 * Speed(point));
            Assert.That(IsOnFront(point), Is.Not.EqualTo(isBeaten), $"{point}");
        }
        // Heun's asks twice a step, but for the last.
        var heun = points.Single(point => point.GetProperty("sampler").ValueEquals("heun") && point.GetProperty("steps").GetInt32() == 5
            && point.GetProperty("precision").ValueEquals("bfloat16"));
        Assert.That(heun.GetProperty("evaluations").GetInt32(), Is.EqualTo(9));
        Assert.That(heun.GetProperty("medianSeconds").GetDouble(), Is.AtLeast(heun.GetProperty("seconds").GetDouble()));
        Assert.That(output, Does.Contain("| ddpm * | bfloat16 | ").And.Contain("**"));
        Assert.That(File.Exists(folder.File("frontier.png")) || error.Contains("finds no font", StringComparison.Ordinal), output + error);

        static bool IsOnFront(JsonElement point) => point.GetProperty("isOnFront").GetBoolean();
        static bool IsStochastic(JsonElement point) => point.GetProperty("isStochastic").GetBoolean();
        static double Distance(JsonElement point) => point.GetProperty("distance").GetDouble();
        static double Speed(JsonElement point) => point.GetProperty("imagesPerSecond").GetDouble();
    }

    // Two steps of training, two samplers, and more steps than the process has.
    [Test]
    public void Gallery_WithoutAModel_TrainsOneAndShowsEverySamplerInPictureAndTables()
    {
        using var folder = new TemporaryFolder();
        var (code, output, error) = SampleProgram.Call("Gallery", "--train_steps", "2", "--samplers", "ddpm", "dpmsolver++", "--steps", "2,3,1001",
            "--images", "2", "--scale", "1", "--out", folder.Path);
        Assert.That(code, Is.Zero, output + error);
        Assert.That(File.Exists(folder.File("model/ddpm.json")));
        var lines = File.ReadAllLines(folder.File("gallery.csv"));
        Assert.That(lines, Has.Length.EqualTo(1 + 1 + 2 * 3));
        Assert.That(lines[1], Does.Match(@"^ddim,1000,no,1000,[0-9.]+,0,$"));
        Assert.That(lines[2], Does.Match(@"^ddpm,2,yes,2,[0-9.]+,0\.\d+,$"));
        // Without noise of its own, an untrained network clips nearly every pixel to -1 or 1, whatever the steps: the distance may be tiny.
        Assert.That(lines[6], Does.Match(@"^dpmsolver\+\+,3,no,3,[0-9.]+,\d[-.0-9E]*,$"));
        Assert.That(lines[7], Does.Match(@"^dpmsolver\+\+,1001,,,,,""Steps must fall"));
        Assert.That(File.ReadAllText(folder.File("gallery.md")), Does.Contain("| ddpm * ").And.Contain("Left out: dpmsolver++ with 1001 steps."));
        Assert.That(output, Does.Contain("| dpmsolver++ "));
        Assert.That(File.Exists(folder.File("curves.png")) || error.Contains("finds no font", StringComparison.Ordinal), output + error);
        // "DDIM, 1000 steps" is 16 characters wide, and "1001 steps" is wider than two images.
        var picture = Picture.Load(folder.File("gallery.png"));
        Assert.That((picture.Width, picture.Height), Is.EqualTo((16 * 12 - 2 + 12 + 3 * (10 * 12 - 2 + 6), 28 + 3 * 22)));
    }

    [Test]
    public void TrainWithClassesThenReverseWithLabels_DrawsARowForEachLabel()
    {
        using var folder = new TemporaryFolder();
        var model = folder.File("run/model");
        string[] small = ["--data_type", "shapes", "--size", "16", "--network", "tiny", "--recipe", "small", "--batchsize", "16", "--steps", "3",
            "--timesteps", "30"];
        Assert.That(SampleProgram.Call("Train", [.. small, "--classes", "--out", folder.File("run")]).ExitCode, Is.Zero);
        Assert.That(SampleProgram.Call("ReverseProcess", "--weights", model, "--labels", "0,5,11", "--guidance", "3", "--out",
            folder.File("reverse.png")).ExitCode, Is.Zero);
        Assert.That(Picture.Load(folder.File("reverse.png")).Height, Is.EqualTo(3 * 34 - 2));
        // Noise levels run from 0.01 to 157: beside them guidance is off.
        byte[] Drawn(params string[] flags)
        {
            string[] given = ["--weights", model, "--labels", "0,5", "--sampler", "ddim", "--sample_steps", "5", "--out", folder.File("drawn.png")];
            Assert.That(SampleProgram.Call("Sample", [.. given, .. flags]).ExitCode, Is.Zero);
            return File.ReadAllBytes(folder.File("drawn.png"));
        }
        Assert.That(Drawn("--guidance", "1e4"), Is.Not.EqualTo(Drawn()));
        Assert.That(Drawn("--guidance", "1e4", "--guidance_interval", "0,0.001"), Is.EqualTo(Drawn()));
        var (code, _, error) = SampleProgram.Call("ReverseProcess", "--weights", model, "--labels", "0,12", "--out", folder.File("wrong.png"));
        Assert.That((code, error), Is.EqualTo((1,
            "error: Labels must be in 0..11, as the network has 12 classes, but one is 12.\n")));
    }

    [Test]
    public void Train_WithALearnedVariance_SamplesWithIt()
    {
        using var folder = new TemporaryFolder();
        var (code, _, error) = SampleProgram.Call("Train", "--data_type", "shapes", "--size", "16", "--network", "tiny", "--recipe", "small",
            "--batchsize", "8", "--steps", "2", "--timesteps", "20",
            "--prediction", "v", "--loss", "l1", "--weighting", "min_snr", "--step_sampling", "importance", "--learned_variance",
            "--schedule", "cosine", "--zero_snr", "--offset_noise", "0.1", "--out", folder.Path);
        Assert.That(code, Is.Zero, error);
        using var diffusion = Diffusion.FromPretrained(folder.File("model"));
        Assert.That(diffusion.Prediction.Parameterization, Is.EqualTo(Parameterization.V with { Variance = LearnedVariance.Range }));
        Assert.That(diffusion.Process.Schedule.Betas, Is.EqualTo(new ZeroTerminalSnrSchedule(new CosineSchedule(20)).Betas));
        Assert.That(diffusion.Sampler, Is.InstanceOf<AncestralSampler>());
    }

    [Test]
    public void TrainThenReverseThenInterpolateThenInpaint_WriteTheirPictures()
    {
        using var folder = new TemporaryFolder();
        var model = folder.File("run/model");
        Run("Train", "--data_type", "shapes", "--size", "16", "--network", "tiny", "--recipe", "small", "--batchsize", "16", "--steps", "3",
            "--timesteps", "30", "--out", folder.File("run"));
        Run("ReverseProcess", "--weights", model, "--rows", "2", "--out", folder.File("reverse.png"));
        Run("Sample", "--weights", model, "--count", "3", "--columns", "3", "--sampler", "dpmsolver++", "--sample_steps", "5", "--out",
            folder.File("samples.png"));
        Run("Interpolate", "--weights", model, "--interp_steps", "10", "--out", folder.File("interpolation.png"));
        Run("Inpaint", "--weights", model, "--count", "3", "--jump_length", "10", "--resamplings", "2", "--hole", "4,4,8,6", "--out",
            folder.File("inpainting.png"));
        Run("ForwardProcess", "--timesteps", "30", "--t", "5,29", "--size", "16x24", "--out", folder.File("forward.png"));
        Assert.That(Directory.EnumerateFileSystemEntries(folder.File("run")).Select(Path.GetFileName), Is.EquivalentTo(new[]
            { "model", "checkpoints", "samples", "tensorboard", "loss.csv", "loss.png", "samples.png", "ddpm.config.json" }));
        Assert.That(Directory.EnumerateFiles(folder.File("run/model")).Select(Path.GetFileName),
            Is.EquivalentTo(new[] { "ddpm.json", "model.safetensors" }));
        Assert.That(Diffusion.HasTrainingState(folder.File("run")), Is.True);
        // Ten steps of two 16 x 16 images twice as large, two pixels apart; eleven mixes; an image, its hole and three fillings, four times as
        // large; an image and two noised versions.
        Assert.That(Size("reverse.png"), Is.EqualTo((10 * 34 - 2, 2 * 34 - 2)));
        Assert.That(Size("reverse.webp"), Is.EqualTo((2 * 98 - 2, 96)));
        Assert.That(Size("interpolation.png"), Is.EqualTo((11 * 34 - 2, 32)));
        Assert.That(Size("inpainting.png"), Is.EqualTo((5 * 66 - 2, 64)));
        Assert.That(Size("forward.png"), Is.EqualTo((3 * 24, 16)));

        (int Width, int Height) Size(string name) => Picture.Load(folder.File(name)) is var picture ? (picture.Width, picture.Height) : default;

        static void Run(string sample, params string[] arguments)
        {
            var (code, output, error) = SampleProgram.Call(sample, arguments);
            Assert.That(code, Is.Zero, output + error);
            Assert.That(output, Does.Contain("wrote "));
        }
    }

    // In a process of its own: this one has the sample's network too, and a kind can be registered once. About 10 s of two cores.
    [Test]
    public void CustomParts_DrawsBothRows_AndKeepsItsModel()
    {
        using var folder = new TemporaryFolder();
        var (code, output, error) = SampleProgram.Run("CustomParts", "--out", folder.File("custom.png"));
        Assert.That(code, Is.Zero, output + error);
        var picture = Picture.Load(folder.File("custom.png"));
        Assert.That((picture.Width, picture.Height), Is.EqualTo((8 * 66 - 2, 2 * 66 - 2)));
        Assert.That(Directory.EnumerateFiles(folder.File("custom.model")).Select(Path.GetFileName),
            Is.EquivalentTo(new[] { "ddpm.json", "model.safetensors" }));
    }

    // About 15 s of two cores, nearly all of it drawing: 60 guided images in 100 steps, then four. It is the first command of the README.
    [Test]
    public void QuickStart_OfTwoSteps_WritesItsPicturesAndItsModel()
    {
        using var folder = new TemporaryFolder();
        var (code, output, error) = SampleProgram.Run("QuickStart", "--steps", "2", "--out", folder.Path);
        Assert.That(code, Is.Zero, output + error);
        // 5 rows and 12 columns of 16 x 16, four times as large; four images at ten steps, two pixels apart.
        Assert.That(Size("samples.png"), Is.EqualTo((12 * 64, 5 * 64)));
        Assert.That(Size("forward.png"), Is.EqualTo((10 * 66 - 2, 4 * 66 - 2)));
        Assert.That(Size("reverse.png"), Is.EqualTo((10 * 66 - 2, 4 * 66 - 2)));
        Assert.That(Size("reverse.webp"), Is.EqualTo((2 * 132 - 4, 2 * 132 - 4)));
        Assert.That(Size("loss.png").Width, Is.GreaterThan(100));
        Assert.That(File.ReadAllLines(folder.File("loss.csv")), Has.Length.EqualTo(3));
        using var model = Diffusion.FromPretrained(folder.File("model"));
        Assert.That(model.Image, Is.EqualTo(new ImageShape(3, 16, 16)));

        (int Width, int Height) Size(string name) => Picture.Load(folder.File(name)) is var picture ? (picture.Width, picture.Height) : default;
    }

    [TestCase("INT", 130)]
    [TestCase("TERM", 143)]
    [Platform(Exclude = "Win")]
    public void Train_InterruptedBySignal_SavesTheModelAndSaysSo(string signal, int exitCode)
    {
        if (signal == "INT" && SignalsAreIgnored.OfThisProcess(2))
            Assert.Ignore("This process ignores SIGINT, as shells ask of what they run in the background, and so do the programs that it starts.");
        using var folder = new TemporaryFolder();
        var (code, output, error) = SampleProgram.Run(
            "Train",
            [.. Endless, "--out", folder.Path],
            process => System.Diagnostics.Process.Start("kill", ["-" + signal, $"{process.Id}"]).WaitForExit(),
            sign: "training ");
        Assert.That((code, error), Is.EqualTo((exitCode, "Interrupted.\n")), output);
        Assert.That(output, Does.Contain("wrote "));
        using var model = Diffusion.FromPretrained(folder.File("model"));
        Assert.That(model.Image, Is.EqualTo(new ImageShape(3, 16, 16)));
    }

    // Pictures are drawn, and held-out losses measured, after every step: most signals come while that goes on.
    [TestCase(3)]
    [TestCase(50, Category = "Slow")]
    [Platform(Exclude = "Win")]
    public void Train_ToldToEndAtAnyMoment_SavesItsStateSoonAndGoesOn(int times)
    {
        using var folder = new TemporaryFolder();
        string[] endless = [.. Endless.Select(argument => argument == "0" ? "1" : argument), "--out", folder.Path];
        var (random, slowest, steps) = (new Random(1), TimeSpan.Zero, 0);
        for (var i = 0; i < times; i++)
        {
            var clock = new System.Diagnostics.Stopwatch();
            var (code, output, error) = SampleProgram.Run("Train", endless, process =>
            {
                Thread.Sleep(random.Next(1500));
                clock.Start();
                System.Diagnostics.Process.Start("kill", ["-TERM", $"{process.Id}"]).WaitForExit();
            }, sign: "training ");
            slowest = clock.Elapsed > slowest ? clock.Elapsed : slowest;
            Assert.That((code, error), Is.EqualTo((143, "Interrupted.\n")), output);
            Assert.That(output, i == 0 ? Does.Not.Contain("going on") : Does.Contain("going on"));
            var newest = Directory.GetDirectories(folder.File("checkpoints")).Order().Last();
            var step = int.Parse(newest[^7..], System.Globalization.CultureInfo.InvariantCulture);
            Assert.That(step, Is.GreaterThan(steps), "no step of a run may be lost");
            steps = step;
        }
        TestContext.Out.WriteLine($"{times} signals, the slowest end after {slowest.TotalSeconds:F2} s; {steps} steps");
        if (times > 3)
            Assert.That(slowest, Is.LessThan(TimeSpan.FromSeconds(2)));
    }

    [Test]
    public void AProgramThatHangs_IsEndedAndShowsWhatItSaid()
    {
        using var folder = new TemporaryFolder();
        string[] endless = [.. Endless, "--out", folder.Path];
        Assert.That(() => SampleProgram.Run("Train", endless, whenStarted: null, TimeSpan.FromSeconds(2)),
            Throws.TypeOf<TimeoutException>().With.Message.Contains("Train was ended after 00:00:02"));
    }
}
