using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Models;

/// <summary>UNets that are shown an estimate of x_0: the network, the builder, files, training.</summary>
public class SelfConditioningTests(bool wrapped) : WrappedOrPlainTests(wrapped)
{
    private static readonly UNetOptions Plain = UNetOptions.Tiny with { Channels = 16 };
    private static readonly UNetOptions Options = Plain with { SelfConditioning = true };

    private Diffusion Model(UNet network) =>
        new DiffusionBuilder().WithLinearSchedule(20, 0.01, 0.4).WithDenoiser(Wrap(network), Options.Image).Build();

    private static Tensor X => CosineNoise.Draw(0, 2, 3, 16, 16);

    private static Tensor T => tensor(new[] { 3f, 700 });

    [Test]
    public void FirstConvolution_SeesTwiceTheChannels_AndNothingElseChanges([Values(1, 3)] int channels)
    {
        using var scope = NewDisposeScope();
        var image = new ImageShape(channels, 16, 16);
        using UNet plain = new(Plain with { Image = image }), network = new(Options with { Image = image });
        var (without, with) = (plain.state_dict(), network.state_dict());
        Assert.That(with.Keys, Is.EqualTo(without.Keys));
        foreach (var (name, weight) in with)
            Assert.That(weight.shape, Is.EqualTo(name == "conv_in.weight" ? new long[] { 16, 2 * channels, 3, 3 } : without[name].shape), name);
        Assert.That((plain.Traits.TakesEstimate, network.Traits.TakesEstimate), Is.EqualTo((false, true)));
    }

    [Test]
    public void Predict_WithZeros_IsThatWithoutAnEstimate([Values] bool centered)
    {
        using var scope = NewDisposeScope();
        using var network = UNetTests.Randomised(Options with { CenterInput = centered });
        network.eval();
        var none = network.Predict(X, T);
        Expect.Same(network.Predict(X, T, labels: null, estimate: zeros(2, 3, 16, 16)), none);
        Expect.Same(((IDenoiser)network).Predict(X, T), none);
        Expect.Same(network.forward(X, T), none);
        Assert.That(Expect.Difference(network.Predict(X, T, labels: null, estimate: CosineNoise.Draw(1, 2, 3, 16, 16)), none), Is.GreaterThan(0.01));
    }

    [Test]
    public void Predict_WithWeightsOfThePlainNetworkAndNoneForTheEstimate_IsThePlainNetwork()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using UNet plain = UNetTests.Randomised(Plain), network = new(Options);
        var weights = plain.state_dict();
        foreach (var (name, weight) in network.state_dict())
            weight.copy_(name == "conv_in.weight" ? cat([weights[name], zeros_like(weights[name])], 1) : weights[name]);
        plain.eval();
        network.eval();
        // The sum of the convolution has more terms, all 0: rounding.
        Expect.RelativelyClose(network.Predict(X, T, labels: null, estimate: CosineNoise.Draw(1, 2, 3, 16, 16)), plain.Predict(X, T), 1e-5);
    }

    [Test]
    public void Predict_OfAnEstimateThatDoesNotFit_NamesTheRule()
    {
        using var scope = NewDisposeScope();
        using UNet plain = new(Plain), network = new(Options);
        Assert.That(() => plain.Predict(X, T, labels: null, estimate: X), Throws.ArgumentException.With.Message.Contains("takes none"));
        Assert.That(() => network.Predict(X, T, labels: null, estimate: X[..1]),
            Throws.ArgumentException.With.Message.Contains("[2, 3, 16, 16]").And.Message.Contains("[1, 3, 16, 16]"));
        Assert.That(() => network.Predict(cat([X, X], 1), T), Throws.ArgumentException.With.Message.Contains("[N, 3, H, W]"));
    }

    [Test]
    public void Sample_IsThatOfAFormulaThatIsShownTheLastX0_WhateverTheBatchSize()
    {
        using var scope = NewDisposeScope();
        using var network = UNetTests.Randomised(Options);
        using var model = Model(network);
        var images = model.Sample(3, seed: 0);
        Expect.Same(model.Sample(3, seed: 0), images);
        Expect.Close(model.Sample(3, new() { Seed = 0, BatchSize = 1 }), images, 1e-3);      // convolutions of other batch sizes round otherwise
        Tensor? last = null;
        var byHand = new FormulaDenoiser((x, t) =>
        {
            var t1 = t.flatten();
            var ε = network.Predict(x, t1, labels: null, estimate: last);
            var at = model.Process.Path.At((int)t1[0].item<float>());
            last = ((x - at.Sigma * ε) / at.Alpha).clamp(-1, 1).DetachFromDisposeScope();
            return ε;
        });
        network.eval();
        using var formula = new DiffusionBuilder().WithLinearSchedule(20, 0.01, 0.4).WithDenoiser(byHand, Options.Image).Build();
        Expect.Same(formula.Sample(3, seed: 0), model.Sample(3, new() { Seed = 0, Backend = InferenceBackend.Plain }));
    }

    [Test]
    public void Sample_LeavesNothingAlive()
    {
        using var network = UNetTests.Randomised(Options with { Labels = new() { Count = 3, NullClass = true } });
        using var model = Model(network);
        Expect.NoLeak(() => model.Sample(2, new() { Seed = 0, Labels = [0, 2], Guidance = new(2), Sampler = new HeunSampler(4) }).Dispose());
    }

    [Test]
    public void Builder_MakesAnyUNetSelfConditioned()
    {
        using var model = new DiffusionBuilder().WithSelfConditioning().WithClasses(3).WithUNet(Plain).Build();
        Assert.That(((UNet)model.Denoiser).Options, Is.EqualTo(Options with { Labels = new() { Count = 3, NullClass = true } }));
        using var network = new UNet(Options);
        Assert.That(() => new DiffusionBuilder().WithDenoiser(Wrap(network), Options.Image).WithSelfConditioning().Build(),
            Throws.TypeOf<DiffusionConfigurationException>().With.Message.Contains("Self-conditioning is for a UNet"));
    }

    [Test]
    public void SaveThenLoad_GivesTheSameModelAndBytes()
    {
        using var scope = NewDisposeScope();
        using TemporaryFolder folder = new(), again = new();
        using var network = UNetTests.Randomised(Options);
        using var model = Model(network);
        model.Save(folder.Path);
        using var loaded = Diffusion.FromPretrained(folder.Path);
        Expect.Same(loaded.Sample(2, new() { Seed = 0, Backend = Backend }), model.Sample(2, seed: 0));
        loaded.Save(again.Path);
        foreach (var part in (string[])["ddpm.json", "model.safetensors"])
            Assert.That(File.ReadAllBytes(again.File(part)), Is.EqualTo(File.ReadAllBytes(folder.File(part))));
        Assert.That(File.ReadAllText(folder.File("ddpm.json")), Does.Contain("\"self_conditioning\": true"));
        Assert.That(() => WithText(folder, "\"self_conditioning\": true,", ""),
            Throws.TypeOf<DataFormatException>().With.Message.Contains("conv_in.weight"));
    }

    // Folders from before there was self-conditioning do not speak of it, and stay as they are.
    [Test]
    public void Save_OfAPlainNetwork_DoesNotSpeakOfIt_AndOffIsReadToo()
    {
        using var folder = new TemporaryFolder();
        using var network = new UNet(Plain);
        using var model = Model(network);
        model.Save(folder.Path);
        Assert.That(File.ReadAllText(folder.File("ddpm.json")), Does.Not.Contain("self_conditioning"));
        Assert.That(() => WithText(folder, "\"output_bias\": true,", "\"output_bias\": true, \"self_conditioning\": false,"), Throws.Nothing);
        Assert.That(() => WithText(folder, "\"self_conditioning\": false,", "\"self_conditioning\": null,"),
            Throws.TypeOf<DataFormatException>());
    }

    private static void WithText(TemporaryFolder folder, string old, string changed)
    {
        var path = folder.File("ddpm.json");
        var text = File.ReadAllText(path);
        Assert.That(text, Does.Contain(old));
        File.WriteAllText(path, text.Replace(old, changed, StringComparison.Ordinal));
        Diffusion.FromPretrained(folder.Path).Dispose();
    }

    [Test]
    public void SavePretrained_IsRefusedWithTheReason_AndWritesNothing()
    {
        using var folder = new TemporaryFolder();
        using var network = new UNet(Options);
        using var model = Model(network);
        Assert.That(() => model.SavePretrained(folder.File("pipeline")), Throws.InvalidOperationException.With.Message.Contains("self-conditioned"));
        Assert.That(Directory.Exists(folder.File("pipeline")), Is.False);
    }

    // Weights of another family say how many channels the network sees, not what they are.
    [Test]
    public void WeightsWithoutDescription_AreSelfConditionedWhereTheCallerSaysSo()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var folder = new TemporaryFolder();
        var path = folder.File("weights.safetensors");
        var port = Recordings.Index("layouts/layouts.json").EnumerateObject().FirstOrDefault(each => each.Value.Find("ch") is not null);
        if (port.Value.ValueKind != JsonValueKind.Object)
            Assert.Ignore("layouts.json has no network of the Ho port.");
        var original = Recordings.At($"layouts/{port.Name}.ckpt");
        var groups = port.Value.GetProperty("norm_groups").GetInt32();
        using (var file = TensorFile.Open(original))
        {
            var weights = file.Dictionaries[0].Entries.ToDictionary(entry => entry.Name, entry => file.Dictionaries[0].Read(entry.Name));
            var (first, weight) = weights.Single(each => each.Value.shape is [_, 3, 3, 3]);
            weights[first] = cat([weight, zeros_like(weight)], 1);
            SafetensorsWriter.Write(path, weights);
        }
        var given = new PretrainedOptions { Groups = groups };
        using var plain = Diffusion.FromPretrained(original, given);
        var (x, t) = (CosineNoise.Draw(0, 1, 3, 32, 32), tensor(new[] { 7f }));
        using var told = Diffusion.FromPretrained(path, given with { SelfConditioning = true });
        using var built = new DiffusionBuilder().WithWeights(path, given).WithSelfConditioning().Build();
        foreach (var model in (Diffusion[])[told, built])
            Expect.RelativelyClose(((UNet)model.Denoiser).Predict(x, t, labels: null, estimate: x.cos()), plain.Denoiser.Predict(x, t), 1e-5);
        using var untold = Diffusion.FromPretrained(path, given);
        Assert.That((untold.Image.Channels, ((UNet)untold.Denoiser).Traits.TakesEstimate), Is.EqualTo((6, false)));
        Assert.That(() => Diffusion.FromPretrained(original, given with { SelfConditioning = true }),
            Throws.TypeOf<DataFormatException>().With.Message.Contains("even number of channels"));
    }

    [Test]
    public void Train_WithEverythingAtOnce_KeepsTheLossFinite([Values] PredictionType prediction)
    {
        using var scope = NewDisposeScope();
        var data = new ShapesReader(count: 24).Read();
        using var model = Build(new DiffusionBuilder().WithLinearSchedule(20, 1e-3, 0.3).WithUNet(Plain with { OutputChannels = 6, Dropout = 0.1 })
            .WithSelfConditioning().WithClasses(12).WithPrediction(prediction).WithLearnedVariance());
        var losses = new List<double>();
        model.Train(new() { Steps = 6, BatchSize = 4, WarmupSteps = 0, BoundWeight = 0.001, LabelDropout = 0.2 }, data,
            new Direct<TrainingProgress>(report => losses.Add(report.Loss)));
        Assert.That(losses, Has.Count.EqualTo(6).And.All.InRange(0, 100));
        Assert.That(model.Sample(2, new() { Seed = 0, Labels = [0, 5], Guidance = new(2) }).isfinite().all().item<bool>(), Is.True);
    }
}
