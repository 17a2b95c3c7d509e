using System.Text.Json;

namespace Ddpm.Tests.Samples;

public class SamplesTests
{
    private static readonly string[] Names =
        ["QuickStart", "Train", "ForwardProcess", "ReverseProcess", "Interpolate", "Inpaint", "Sample", "Gallery", "CustomParts"];

    [TestCaseSource(nameof(Names))]
    public void Help_ListsTheFlags(string sample)
    {
        var (code, output, _) = SampleProgram.Run(sample, "--help");
        Assert.That(code, Is.Zero);
        Assert.That(output, Does.Contain("--out"));
    }

    // The flags of the reference programs.
    [TestCase("Train", "--data_type", "--path", "--batchsize", "--epoch", "--timesteps", "--beta_start", "--beta_end", "--device", "--seed")]
    [TestCase("ForwardProcess", "--timesteps", "--beta_start", "--beta_end", "--t", "--img_path", "--seed")]
    [TestCase("ReverseProcess", "--data_type", "--timesteps", "--beta_start", "--beta_end", "--weights", "--device", "--seed")]
    [TestCase("Interpolate", "--img1_path", "--img2_path", "--interp_steps", "--timesteps", "--weights", "--device", "--seed")]
    public void Help_HasTheReferenceProgramsFlags(string sample, params string[] flags)
    {
        var (_, output, _) = SampleProgram.Run(sample, "--help");
        foreach (var flag in flags)
            Assert.That(output, Does.Contain(flag + " "));
    }

    [TestCase("Train", "--path nowhere", "nowhere")]
    [TestCase("Train", "--batchsize many", "many")]
    [TestCase("Train", "--data_type shapes --batchsize 5000 --network tiny --size 16", "4096 images for batches of 5000")]
    [TestCase("Train", "--data_type shapes --size 20", "multiples of 8")]
    [TestCase("Train", "--data_type shapes --device tpu", "tpu")]
    [TestCase("ForwardProcess", "--t 5,1000", "0..999")]
    [TestCase("ForwardProcess", "--t five", "five")]
    [TestCase("ForwardProcess", "--size 12x", "12x")]
    [TestCase("ForwardProcess", "--img_path nothing.png", "nothing.png")]
    [TestCase("ForwardProcess", "--beta_start 2", "0 < first <= last < 1")]
    [TestCase("ReverseProcess", "", "--weights")]
    [TestCase("ReverseProcess", "--weights missing.safetensors", "missing.safetensors")]
    [TestCase("Interpolate", "--weights missing", "missing")]
    [TestCase("Interpolate", "--mode round", "round")]
    [TestCase("Inpaint", "--weights missing", "missing")]
    [TestCase("Train", "--data_type shapes --size 16 --network tiny --label_dropout 2 --classes", "LabelDropout")]
    [TestCase("Sample", "--weights missing", "missing")]
    [TestCase("Sample", "--weights missing --sampler best", "best")]
    [TestCase("Sample", "--weights missing --guidance_interval 5", "two numbers with a comma between them, but is '5'")]
    [TestCase("Train", "--data_type shapes --size 16 --network tiny --schedule square", "square")]
    [TestCase("Train", "--data_type shapes --size 16 --network tiny --zero_snr", "predicts v or x_0")]
    [TestCase("Train", "--data_type shapes --size 16 --network tiny --loss hinge", "hinge")]
    [TestCase("Train", "--data_type shapes --size 16 --network tiny --loss VariationalBound --weighting p2", "without weights")]
    [TestCase("Train", "--data_type shapes --size 16 --network tiny --step_sampling best", "best")]
    [TestCase("Convert", "list Ddpm.Tests.dll", "neither")]
    [TestCase("Convert", "verify nowhere --expected nothing", "nowhere")]
    [TestCase("Convert", "convert nowhere somewhere", "nowhere")]
    [TestCase("Convert", "convert a b --to zip", "zip")]
    [TestCase("Gallery", "--weights missing", "missing")]
    [TestCase("Gallery", "--samplers dimm", "dimm")]
    [TestCase("Gallery", "--steps 5,ten", "5,ten")]
    [TestCase("Gallery", "--steps 5,0", "--steps")]
    [TestCase("Gallery", "--images 0", "--images")]
    [TestCase("QuickStart", "--steps 0", "Steps")]
    [TestCase("QuickStart", "--surprise", "--surprise")]
    public void BadInput_GivesOneClearLineAndExitCode1(string sample, string arguments, string named)
    {
        var (code, _, error) = SampleProgram.Run(sample, arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.That(code, Is.EqualTo(1), error);
        Assert.That(error.TrimEnd().Split('\n'), Has.Length.EqualTo(1), error);
        Assert.That(error, Does.StartWith("error: ").And.Contain(named).And.Not.Contain("   at "));
    }

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
            "--new_attention_order",
        ];
        var converted = SampleProgram.Run(
            "Convert", ["convert", original, folder.File("own"), "--to", "ddpm", .. given]);
        Assert.That(converted.ExitCode, Is.Zero, converted.Error);
        var right = SampleProgram.Run("Convert", "verify", folder.File("own"), "--expected", expected);
        Assert.That(right.ExitCode, Is.Zero, right.Error);
        Assert.That(right.Output, Does.Match(@"largest difference \d\.\d\dE-00[678]"));
        // The legacy order of query, key and value gives other numbers.
        var wrong = SampleProgram.Run("Convert", ["verify", original, "--expected", expected, .. given[..4]]);
        Assert.That(wrong.ExitCode, Is.EqualTo(1));
        Assert.That(wrong.Error, Does.Contain("at most 1.00E-005"));
    }

    [Test]
    public void Convert_List_PrintsEveryTensor()
    {
        var (code, output, error) = SampleProgram.Run("Convert", "list", Recordings.At("seed/model.pth"));
        Assert.That(code, Is.Zero, error);
        var info = Recordings.Index("seed/info.json");
        Assert.That(output.Split('\n'), Has.Length.GreaterThan(info.GetProperty("state_entries").GetInt32()));
        Assert.That(output, Does.Match($@"encoder\.conv\.weight +float32 +\[{info.GetProperty("channels")}, 3, 3, 3\] +-?\d"));
    }

    // Two steps of training, two samplers, and more steps than the process has.
    [Test]
    public void Gallery_WithoutAModel_TrainsOneAndShowsEverySamplerInPictureAndTables()
    {
        using var folder = new TemporaryFolder();
        var (code, output, error) = SampleProgram.Run("Gallery", "--train_steps", "2", "--samplers", "ddpm", "dpmsolver++", "--steps", "2,3,1001",
            "--images", "2", "--scale", "1", "--out", folder.Path);
        Assert.That(code, Is.Zero, output + error);
        Assert.That(File.Exists(folder.File("model/ddpm.json")));
        var lines = File.ReadAllLines(folder.File("gallery.csv"));
        Assert.That(lines, Has.Length.EqualTo(1 + 1 + 2 * 3));
        Assert.That(lines[1], Does.Match(@"^ddim,1000,no,1000,[0-9.]+,0,$"));
        Assert.That(lines[2], Does.Match(@"^ddpm,2,yes,2,[0-9.]+,0\.\d+,$"));
        Assert.That(lines[6], Does.Match(@"^dpmsolver\+\+,3,no,3,[0-9.]+,0\.\d+,$"));
        Assert.That(lines[7], Does.Match(@"^dpmsolver\+\+,1001,,,,,""Steps must fall"));
        Assert.That(File.ReadAllText(folder.File("gallery.md")), Does.Contain("| ddpm * ").And.Contain("Left out: dpmsolver++ with 1001 steps."));
        Assert.That(output, Does.Contain("| dpmsolver++ "));
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
        Assert.That(SampleProgram.Run("Train", [.. small, "--classes", "--out", folder.File("run")]).ExitCode, Is.Zero);
        Assert.That(SampleProgram.Run("ReverseProcess", "--weights", model, "--labels", "0,5,11", "--guidance", "3", "--out",
            folder.File("reverse.png")).ExitCode, Is.Zero);
        Assert.That(Picture.Load(folder.File("reverse.png")).Height, Is.EqualTo(3 * 34 - 2));
        // Noise levels run from 0.01 to 157: beside them guidance is off.
        byte[] Drawn(params string[] flags)
        {
            string[] given = ["--weights", model, "--labels", "0,5", "--sampler", "ddim", "--sample_steps", "5", "--out", folder.File("drawn.png")];
            Assert.That(SampleProgram.Run("Sample", [.. given, .. flags]).ExitCode, Is.Zero);
            return File.ReadAllBytes(folder.File("drawn.png"));
        }
        Assert.That(Drawn("--guidance", "1e4"), Is.Not.EqualTo(Drawn()));
        Assert.That(Drawn("--guidance", "1e4", "--guidance_interval", "0,0.001"), Is.EqualTo(Drawn()));
        var (code, _, error) = SampleProgram.Run("ReverseProcess", "--weights", model, "--labels", "0,12", "--out", folder.File("wrong.png"));
        Assert.That((code, error), Is.EqualTo((1,
            "error: Labels must be in 0..11, as the network has 12 classes, but one is 12. (Parameter 'labels')\n")));
    }

    [Test]
    public void Train_WithALearnedVariance_SamplesWithIt()
    {
        using var folder = new TemporaryFolder();
        var (code, _, error) = SampleProgram.Run("Train", "--data_type", "shapes", "--size", "16", "--network", "tiny", "--recipe", "small",
            "--batchsize", "8", "--steps", "2", "--timesteps", "20",
            "--prediction", "v", "--loss", "l1", "--weighting", "min_snr", "--step_sampling", "importance", "--learned_variance",
            "--schedule", "cosine", "--zero_snr", "--offset_noise", "0.1", "--out", folder.Path);
        Assert.That(code, Is.Zero, error);
        using var diffusion = Diffusion.FromPretrained(folder.File("model"));
        Assert.That(diffusion.Prediction.Type, Is.EqualTo(PredictionType.V));
        Assert.That(diffusion.Process.Schedule.Betas, Is.EqualTo(new ZeroTerminalSnrSchedule(new CosineSchedule(20)).Betas));
        Assert.That(diffusion.Sampler, Is.InstanceOf<AncestralSampler>().With.Property("Variance").EqualTo(AncestralVariance.LearnedRange));
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
        Run("CustomParts", "--out", folder.File("custom.png"));
        Assert.That(Directory.EnumerateFiles(folder.File("run"), "*", SearchOption.AllDirectories).Select(Path.GetFileName),
            Is.EquivalentTo(new[] { "ddpm.json", "model.safetensors", "loss.csv", "loss.png", "samples.png", "0000003.png" }));
        // Ten steps of two 16 x 16 images twice as large, two pixels apart; eleven mixes; an image, its hole and three fillings, four times as
        // large; an image and two noised versions.
        Assert.That(Size("reverse.png"), Is.EqualTo((10 * 34 - 2, 2 * 34 - 2)));
        Assert.That(Size("interpolation.png"), Is.EqualTo((11 * 34 - 2, 32)));
        Assert.That(Size("inpainting.png"), Is.EqualTo((5 * 66 - 2, 64)));
        Assert.That(Size("forward.png"), Is.EqualTo((3 * 24, 16)));

        (int Width, int Height) Size(string name) => Picture.Load(folder.File(name)) is var picture ? (picture.Width, picture.Height) : default;

        static void Run(string sample, params string[] arguments)
        {
            var (code, output, error) = SampleProgram.Run(sample, arguments);
            Assert.That(code, Is.Zero, output + error);
            Assert.That(output, Does.Contain("wrote "));
        }
    }
}
