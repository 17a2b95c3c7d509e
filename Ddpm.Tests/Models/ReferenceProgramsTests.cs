using System.Globalization;
using System.Text.Json;
using Ddpm.Tests.Models.Compiled;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models;

/// <summary>
/// What the reference programs compute in PyTorch, recorded with a narrow network of theirs: the same 444 names.
/// </summary>
public class ReferenceProgramsTests
{
    private const string IndexFile = "seed/info.json", Weights = "seed/model.safetensors", Forward = "seed/forward.safetensors";
    private const string Reverse = "seed/reverse.safetensors", Interpolated = "seed/interpolation.safetensors";

    private static JsonElement Info => Recordings.Index(IndexFile);

    private static UNetOptions Options => UNetOptions.ReferencePrograms with
    {
        Channels = Info.GetProperty("channels").GetInt32(), Groups = Info.GetProperty("groups").GetInt32(), Dropout = 0,
    };

    private static IEnumerable<TestCaseData> Outputs => Recordings.Cases(
        Forward, () => Recordings.Names(Forward, "").Where(name => name.EndsWith(".y", StringComparison.Ordinal) && name != "time_embedding.y")
            .Select(name => name[..^2]));

    private static IEnumerable<TestCaseData> Chains => Recordings.Cases(
        Reverse, () => Recordings.Names(Reverse, "T").Select(name => name.Split('.')[0]).Distinct().Select(steps => new object?[] { Number(steps) }));

    private static int Number(string digits) => int.Parse(digits, CultureInfo.InvariantCulture);

    private static Diffusion Model(int steps = 1000, string weights = Weights) => new DiffusionBuilder()
        .WithLinearSchedule(steps, 1e-4, 0.02)       // whatever the number of steps
        .WithUNet(Options)
        .WithWeights(Recordings.At(weights))
        .WithClipping(null)
        .WithAncestralSampler(AncestralVariance.FixedSmall)
        .Build();

    [Test]
    public void Network_HasTheRecordedSize()
    {
        using var model = Model();
        Assert.That(model.ParameterCount, Is.EqualTo(Info.GetProperty("parameters").GetInt64()));
        Assert.That(((UNet)model.Denoiser).state_dict(), Has.Count.EqualTo(Info.GetProperty("state_entries").GetInt32()));
    }

    // float32 against another version of the same library: 1e-5 of the largest value.
    [TestCaseSource(nameof(Outputs))]
    public void Predict_IsPyTorchs(string name)
    {
        using var scope = NewDisposeScope();
        using var model = Model();
        using var noGrad = no_grad();
        var y = Recordings.Read(Forward, name + ".y");
        // The largest input is not stored: what it was made of is.
        var x = Recordings.Tensors(Forward).Contains(name + ".x")
            ? Recordings.Read(Forward, name + ".x")
            : CosineNoise.Draw(Info.FindInteger("forward_noise") ?? 5, y.shape);
        var t = Recordings.Read(Forward, name + ".t").to(ScalarType.Float32);
        Expect.RelativelyClose(model.Denoiser.Predict(x, t), y, 1e-5);
        Twin.IsRecorded(model.Denoiser, x, t, labels: null, y);
    }

    [Test]
    public void TimeEmbedding_IsPyTorchs()
    {
        using var scope = NewDisposeScope();
        using var features = new SinusoidalFeatures(Options, device: null);
        using var embedding = new EmbeddingLayers(Options, device: null);
        using var noGrad = no_grad();
        foreach (var (name, parameter) in embedding.named_parameters())
            parameter.copy_(Recordings.Read(Weights, name.Replace("linear_1", "Proj.1").Replace("linear_2", "Proj.3")));
        var y = embedding.forward(features.forward(Recordings.Read(Forward, "time_embedding.t")));
        Expect.RelativelyClose(y, Recordings.Read(Forward, "time_embedding.y"), 1e-5);
    }

    // A chain and its picture in one run: states by their names, and a frame of the strip every hundred steps.
    [TestCaseSource(nameof(Chains))]
    public void Stream_WithTheRecordedNoise_IsTheRecordedChainAndStrip(int steps)
    {
        using var scope = NewDisposeScope();
        using var model = Model(steps);
        var recorded = Recordings.Names(Reverse, $"T{steps}.").ToHashSet();
        var (compared, strip) = (0, new List<Tensor>());
        foreach (var frame in model.Stream(1, new SamplingOptions { Seed = 0, Noise = CosineNoise.From(Info.FindInteger("reverse_noise") ?? 0) }))
            using (frame)
            {
                if ((int)(frame.T + 1) % 100 == 0)
                    strip.Add(frame.X.alias());
                var name = frame.IsLast ? "final" : $"after_{frame.Step + 1}_steps";
                if (!recorded.Contains(name))
                    continue;
                using var inner = NewDisposeScope();
                var expected = Recordings.Read(Reverse, $"T{steps}.{name}");
                // In units of each state's largest value: 2e-5 after dozens of steps, 1e-4 after a thousand.
                // The final image was recorded from its pixels, clipped to 0..255.
                Expect.RelativelyClose(
                    frame.IsLast ? frame.X.clamp(-1, 1) : frame.X, frame.IsLast ? expected.clamp(-1, 1) : expected, steps <= 100 ? 2e-5 : 1e-4);
                compared++;
            }
        Assert.That(compared, Is.EqualTo(recorded.Count));
        // At most one level on 99.9 % of the values: the programs truncate to bytes, this library rounds.
        if (Recordings.Has($"seed/reverse-strip-T{steps}.png") && strip.Count > 0)
            Expect.SamePicture(PictureGrid.Rows(strip), Picture.Load(Recordings.At($"seed/reverse-strip-T{steps}.png")), 0.999);
    }

    [Test]
    public void ForwardStrip_OfTheFace_IsTheRecordedPicture()
    {
        using var scope = NewDisposeScope();
        var recorded = Picture.Load(Recordings.At("seed/forward-strip.png"));
        var process = new GaussianDiffusion(new LinearSchedule());
        var face = Picture.Load(Recordings.At("seed/face-128.png")).ToTensor();
        var steps = Info.Find("forward_strip")?.Integers() ?? [100, 200, 300, 400, 500, 600, 700, 800, 999];
        // The programs draw noise for H x W x 3.
        var (height, width) = (face.shape[2], face.shape[3]);
        var noised = steps.Select((t, k) => process.Diffuse(face, t, CosineNoise.Draw(k, height, width, 3).permute(2, 0, 1).unsqueeze(0)));
        Expect.SamePicture(PictureGrid.Rows([face, .. noised]), recorded, 0.999);
    }

    [Test]
    public void Training_OfTheRecordedSteps_HasTheirLossesGradientsAndWeights()
    {
        using var scope = NewDisposeScope();
        var images = new Cifar10MatReader(Shared.Path(Shared.Cifar10)).Read();
        var recorded = Recordings.Tensors("seed/training.safetensors");
        using var model = Model(weights: "seed/initial.safetensors");
        var network = (UNet)model.Denoiser;
        network.train();
        var theirs = Layouts.ReferencePrograms.Names.All(Options.Levels, Options.BlocksPerLevel).ToDictionary(pair => pair.Ours, pair => pair.Theirs);
        var names = network.named_parameters().ToDictionary(weight => theirs[weight.name], weight => weight.parameter);
        var (count, batch) = ((int)recorded.Read("t").shape[0], (int)recorded.Read("t").shape[1]);
        var t = recorded.Read("t").data<long>().ToArray();
        var losses = recorded.Read("losses").data<double>().ToArray();
        using var adam = optim.Adam(network.parameters(), Info.FindNumber("learning_rate") ?? 2e-4);
        for (var step = 0; step < count; step++)
        {
            using var inner = NewDisposeScope();
            var x0 = Pixels.Batch(images, [.. Enumerable.Range(0, batch).Select(i => i + batch * step)]);
            adam.zero_grad();
            int[] drawn = [.. t.Skip(batch * step).Take(batch).Select(value => (int)value)];
            var loss = model.Process.Loss(network, x0, drawn, CosineNoise.Draw(step, x0.shape), LossKind.SmoothL1);
            loss.backward();
            if (step == 0)
                Compare("grad.", parameter => parameter.grad!);
            adam.step();
            Compare($"after{step + 1}.", parameter => parameter);
            Assert.That(loss.item<float>(), Is.EqualTo(losses[step]).Within(step < 10 ? 1e-5 : 1e-4), $"loss of step {step}");
            TestContext.Out.WriteLine($"loss of step {step}: {Math.Abs(loss.item<float>() - losses[step]):E1} from the recorded one");
        }

        void Compare(string prefix, Func<Tensor, Tensor> value)
        {
            foreach (var entry in recorded.Entries.Where(entry => entry.Name.StartsWith(prefix, StringComparison.Ordinal)))
            {
                var expected = recorded.Read(entry.Name);
                Expect.RelativelyClose(value(names[entry.Name[prefix.Length..]]).detach().view(expected.shape), expected, 1e-4);
            }
        }
    }

    [Test]
    public void Interpolation_OfTwoImages_IsTheRecordedStrip()
    {
        // The programs noise at index N, but denoise from N - 1 on: to compare, so do we.
        using var scope = NewDisposeScope();
        var images = new Cifar10MatReader(Shared.Path(Shared.Cifar10)).Read();
        var expected = Recordings.Read(Interpolated, "strip").clamp(0, 255);
        var told = Info.GetProperty("interpolation");
        var n = told.GetProperty("interp_steps").GetInt32();
        // As "3 and 7 of data_batch_1.mat".
        var pair = told.GetProperty("images").GetString()!.Split(' ');
        using var model = Model();
        var (one, other) = (Pixels.Batch(images, [Number(pair[0])]), Pixels.Batch(images, [Number(pair[2])]));
        var noised1 = model.Process.Diffuse(one, n, CosineNoise.Draw(1, one.shape));
        var noised2 = model.Process.Diffuse(other, n, CosineNoise.Draw(2, one.shape));
        var mixes = (int)(expected.shape[1] / one.shape[3]);
        var mixed = Enumerable.Range(0, mixes).Select(i => i / (mixes - 1.0)).Select(share => (1 - share) * noised1 + share * noised2);
        // All mixes at once. The programs draw mix by mix, from k = 3 on, one a step: the unused one of the last step too.
        // Ours of the first step is number 1, as number 0 is the start's.
        var noise = new GivenNoise((draw, _) => cat([.. Enumerable.Range(0, mixes).Select(i => CosineNoise.Draw(2 + n * i + draw, one.shape))]));
        List<Tensor> last = [];
        foreach (var frame in model.Denoise(cat([.. mixed]), n - 1, new SamplingOptions { Seed = 0, Noise = noise, BatchSize = mixes }))
            using (frame)
                if (frame.IsLast)
                    last.Add((frame.X.alias() + 1) * 127.5);
        var picture = cat([.. last.Single().chunk(mixes)], dim: 3).squeeze(0).permute(1, 2, 0).clamp(0, 255);
        Expect.RelativelyClose(picture, expected, 1e-4);
    }
}
