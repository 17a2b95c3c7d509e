using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Training;

/// <summary>A network inside a module of one's own: its dropout is told where to start, and a part of it may be frozen.</summary>
public class WrappedNetworkTests
{
    private static readonly GaussianDiffusion Process = new(new LinearSchedule());
    private static readonly TrainingOptions Options = new() { Steps = 4, BatchSize = 4, WarmupSteps = 0, LearningRate = 1e-3, EmaDecay = 0 };
    private static readonly IImageDataset Data = new ShapesReader(count: 8).Read();

    private static float[] Losses(Wrapper network, TrainingOptions options, int drawnBefore = 0)
    {
        var losses = new List<float>();
        using var trainer = new Trainer(network, Process, Data, options, drawnBefore: drawnBefore);
        trainer.Run(new Direct<TrainingProgress>(step => losses.Add((float)step.Loss)));
        return [.. losses];
    }

    [Test]
    public void Run_WithTheSameSeed_GivesTheSameBits_WhateverWasDrawnBefore()
    {
        using Wrapper first = new(), second = new();
        first.DrawOnce();
        var losses = Losses(first, Options);
        Assert.That(Losses(second, Options), Is.EqualTo(losses));
        using var scope = NewDisposeScope();
        foreach (var (one, other) in first.parameters().Zip(second.parameters()))
            Expect.Same(one.detach(), other.detach());
        using var third = new Wrapper();
        Assert.That(Losses(third, Options with { Seed = 1 }), Is.Not.EqualTo(losses));
    }

    [Test]
    public void Run_TellsTwoPartsApart()
    {
        using var network = new Wrapper(parts: 2);
        _ = Losses(network, Options with { Steps = 1 });
        var seeds = network.Parts.Select(part => part.Seed).ToArray();
        Assert.That(seeds, Is.Unique);
        Assert.That(seeds[0], Is.EqualTo(Seeds.Mix(Options.Seed, 4, 0)));           // as for a network that is one part
    }

    [Test]
    public void Run_OfANetworkInTrainingMode_LeavesItsFrozenPartAlone([Values] bool training)
    {
        using var network = new Wrapper();
        network.train(training);
        network.Frozen.eval();
        _ = Losses(network, Options);
        Assert.That(network.FrozenWasTraining, Is.EqualTo(!training));
        Assert.That((network.training, network.Frozen.training), Is.EqualTo((training, false)));
        using var mean = network.Frozen.running_mean!.clone();
        Assert.That(mean.ne(0).any().item<bool>(), Is.EqualTo(!training));
    }

    /// <summary>A part that drops values; it notes the seed that it was told.</summary>
    private sealed class Dropping() : nn.Module(nameof(Dropping)), IStochasticModule
    {
        private readonly DropoutNoise noise = new(0.5);

        internal ulong Seed { get; private set; }

        public void Reseed(ulong seed, int firstImage = 0) => noise.Reseed(Seed = seed, firstImage);

        internal Tensor Apply(Tensor x) => training ? noise.Apply(x) : x;
    }

    private sealed class Wrapper : nn.Module, IDenoiser
    {
        private readonly Conv2d conv = nn.Conv2d(3, 3, 1);
        private readonly ModuleList<Dropping> parts;

        internal Wrapper(int parts = 1)
            : base(nameof(Wrapper))
        {
            this.parts = new([.. Enumerable.Range(0, parts).Select(_ => new Dropping())]);
            RegisterComponents();
            using var noGrad = no_grad();
            foreach (var parameter in conv.parameters())
                parameter.fill_(0.1);
        }

        internal BatchNorm2d Frozen { get; } = nn.BatchNorm2d(3);

        internal IEnumerable<Dropping> Parts => parts;

        internal bool FrozenWasTraining { get; private set; }

        internal void DrawOnce()
        {
            using var x = ones(1, 3, 4, 4);
            parts[0].Apply(x).Dispose();
        }

        public Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null)
        {
            using var scope = NewDisposeScope();
            FrozenWasTraining = Frozen.training;
            var y = Frozen.call(x);
            foreach (var part in parts)
                y = part.Apply(y);
            return conv.call(y).MoveToOuterDisposeScope();
        }
    }
}
