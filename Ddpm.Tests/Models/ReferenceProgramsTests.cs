using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models;

/// <summary>
/// What the reference programs compute in PyTorch, recorded with a network of 8 channels and 4 groups (434,872 weights, the same 444 names).
/// </summary>
public class ReferenceProgramsTests
{
    private static readonly UNetOptions Options = UNetOptions.ReferencePrograms with { Channels = 8, Groups = 4, Dropout = 0 };

    private static Diffusion Model(int steps = 1000, string weights = "seed/model.safetensors") => new DiffusionBuilder()
        .WithLinearSchedule(steps, 1e-4, 0.02)       // whatever the number of steps
        .WithUNet(Options)
        .WithWeights(Shared.Golden(weights))
        .WithClipping(null)
        .WithAncestralSampler(AncestralVariance.FixedSmall)
        .Build();

    [Test]
    public void Network_HasTheRecordedSize()
    {
        using var model = Model();
        Assert.That(model.ParameterCount, Is.EqualTo(434_872));
        Assert.That(((UNet)model.Denoiser).state_dict(), Has.Count.EqualTo(444));
    }

    // float32 against another version of the same library: 1e-5 of the largest value.
    [TestCase("square", 3, 32, 32, new float[] { 999, 0, 499 })]
    [TestCase("tall", 2, 64, 32, new float[] { 999, 0 })]
    [TestCase("celeba", 1, 192, 160, new float[] { 999 })]
    public void Predict_IsPyTorchs(string name, int n, int height, int width, float[] t)
    {
        using var scope = NewDisposeScope();
        using var model = Model();
        using var recorded = SafetensorsFile.Open(Shared.Golden("seed/forward.safetensors"));
        using var noGrad = no_grad();
        var y = model.Denoiser.Predict(CosineNoise.Draw(5, n, 3, height, width), tensor(t));
        Expect.RelativelyClose(y, recorded.Read(name + ".y"), 1e-5);
    }

    [Test]
    public void TimeEmbedding_IsPyTorchs()
    {
        using var scope = NewDisposeScope();
        using var features = new SinusoidalFeatures(Options, device: null);
        using var embedding = new EmbeddingLayers(Options, device: null);
        using var weights = SafetensorsFile.Open(Shared.Golden("seed/model.safetensors"));
        using var recorded = SafetensorsFile.Open(Shared.Golden("seed/forward.safetensors"));
        using var noGrad = no_grad();
        foreach (var (name, parameter) in embedding.named_parameters())
            parameter.copy_(weights.Read(name.Replace("linear_1", "Proj.1").Replace("linear_2", "Proj.3")));
        var y = embedding.forward(features.forward(recorded.Read("time_embedding.t")));
        Expect.RelativelyClose(y, recorded.Read("time_embedding.y"), 1e-5);
    }

    // Recorded with the largest value of each state as the unit: 2e-5 after 50 steps, 1e-4 after 1,000.
    [TestCase(50, 2e-5)]
    [TestCase(1000, 1e-4)]
    public void Stream_WithTheRecordedNoise_IsTheRecordedChain(int steps, double tolerance)
    {
        using var model = Model(steps);
        using var recorded = SafetensorsFile.Open(Shared.Golden("seed/reverse.safetensors"));
        var compared = 0;
        foreach (var frame in model.Stream(1, new SamplingOptions { Noise = CosineNoise.From(0) }))
            using (frame)
            {
                var name = frame.IsLast ? $"T{steps}.final" : $"T{steps}.after_{frame.Step + 1}_steps";
                if (!recorded.Contains(name))
                    continue;
                using var scope = NewDisposeScope();
                var expected = recorded.Read(name);
                // The final image was recorded from its pixels, clipped to 0..255.
                Expect.RelativelyClose(frame.IsLast ? frame.X.clamp(-1, 1) : frame.X, frame.IsLast ? expected.clamp(-1, 1) : expected, tolerance);
                compared++;
            }
        Assert.That(compared, Is.EqualTo(recorded.Entries.Count(entry => entry.Name.StartsWith($"T{steps}.", StringComparison.Ordinal))));
    }

    [TestCase(50)]
    [TestCase(1000)]
    public void ReverseStrip_IsTheRecordedPicture(int steps)
    {
        // At most one level on 99.9 % of the values: the programs truncate to bytes, this library rounds.
        using var scope = NewDisposeScope();
        using var model = Model(steps);
        var frames = new List<Tensor>();
        foreach (var frame in model.Stream(1, new SamplingOptions { Noise = CosineNoise.From(0) }))
            using (frame)
                if ((int)(frame.T + 1) % 100 == 0)
                    frames.Add(frame.X.alias());
        Expect.SamePicture(PictureGrid.Rows(frames), Picture.Load(Shared.Golden($"seed/reverse-strip-T{steps}.png")), 0.999);
    }

    [Test]
    public void ForwardStrip_OfTheFace_IsTheRecordedPicture()
    {
        using var scope = NewDisposeScope();
        var recorded = Picture.Load(Shared.Path("golden/seed/forward-strip.png"));
        var process = new GaussianDiffusion(new LinearSchedule());
        var face = Picture.Load(Shared.Path("golden/seed/face-128.png")).ToTensor();
        int[] steps = [100, 200, 300, 400, 500, 600, 700, 800, 999];
        // The programs draw noise for H x W x 3.
        var strip = steps.Select((t, k) => process.Diffuse(face, t, CosineNoise.Draw(k, 128, 128, 3).permute(2, 0, 1).unsqueeze(0))).Prepend(face);
        Expect.SamePicture(PictureGrid.Rows([.. strip]), recorded, 0.999);
    }

    [Test]
    public void Training_OfFiftySteps_HasTheRecordedLossesGradientsAndWeights()
    {
        using var scope = NewDisposeScope();
        var images = new Cifar10MatReader(Shared.Path("data/cifar-10-batches-mat")).Read();
        using var recorded = SafetensorsFile.Open(Shared.Golden("seed/training.safetensors"));
        using var model = Model(weights: "seed/initial.safetensors");
        var network = (UNet)model.Denoiser;
        network.train();
        var theirs = Layouts.ReferencePrograms.Names.All(Options.Levels, Options.BlocksPerLevel).ToDictionary(pair => pair.Ours, pair => pair.Theirs);
        var names = network.named_parameters().ToDictionary(weight => theirs[weight.name], weight => weight.parameter);
        var t = recorded.Read("t").data<long>().ToArray();
        var losses = recorded.Read("losses").data<double>().ToArray();
        using var adam = optim.Adam(network.parameters(), 2e-4);
        for (var step = 0; step < 50; step++)
        {
            using var inner = NewDisposeScope();
            var x0 = Pixels.Batch(images, [.. Enumerable.Range(0, 8).Select(i => i + 8 * step)]);
            adam.zero_grad();
            int[] drawn = [.. t.Skip(8 * step).Take(8).Select(value => (int)value)];
            var loss = model.Process.Loss(network, x0, drawn, CosineNoise.Draw(step, x0.shape), LossKind.SmoothL1);
            loss.backward();
            if (step == 0)
                Compare("grad.", parameter => parameter.grad!);
            adam.step();
            if (step == 2)
                Compare("after3.", parameter => parameter);
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
        // The programs noise at index 60, but denoise from 59 on: to compare, so do we.
        using var scope = NewDisposeScope();
        var images = new Cifar10MatReader(Shared.Path("data/cifar-10-batches-mat")).Read();
        using var recorded = SafetensorsFile.Open(Shared.Path("golden/seed/interpolation.safetensors"));
        using var model = Model();
        var (one, other) = (Pixels.Batch(images, [3]), Pixels.Batch(images, [7]));
        var noised1 = model.Process.Diffuse(one, 60, CosineNoise.Draw(1, one.shape));
        var noised2 = model.Process.Diffuse(other, 60, CosineNoise.Draw(2, one.shape));
        var strip = new List<Tensor>();
        var draw = 3;
        for (var tenths = 0; tenths <= 10; tenths++)
        {
            var mix = (1 - tenths / 10.0) * noised1 + tenths / 10.0 * noised2;
            foreach (var frame in model.Denoise(mix, 59, new SamplingOptions { Noise = CosineNoise.From(draw) }))
                using (frame)
                    if (frame.IsLast)
                        strip.Add((frame.X.alias() + 1) * 127.5);
            draw += 60;        // one a step, the unused one of the last step too
        }
        var picture = cat([.. strip], dim: 3).squeeze(0).permute(1, 2, 0).clamp(0, 255);
        Expect.RelativelyClose(picture, recorded.Read("strip").clamp(0, 255), 1e-4);
    }
}
