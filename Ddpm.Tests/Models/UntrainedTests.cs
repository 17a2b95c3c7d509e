using static TorchSharp.torch;

namespace Ddpm.Tests.Models;

/// <summary>Who samples from fresh weights is told, once.</summary>
public class UntrainedTests
{
    private static readonly TrainingOptions Options = new() { Steps = 2, BatchSize = 4, WarmupSteps = 0 };
    private static readonly IImageDataset Data = new ShapesReader(count: 8).Read();

    private static DiffusionBuilder Builder => new DiffusionBuilder()
        .WithLinearSchedule(10, 0.01, 0.4).WithDdim(2).WithUNet(UNetOptions.Tiny with { Channels = 16, Multipliers = [1, 1] });

    private static List<string> Listen(Diffusion model)
    {
        var told = new List<string>();
        model.Warned += (sender, warning) =>
        {
            Assert.That(sender, Is.SameAs(model));
            told.Add(warning.Message);
        };
        return told;
    }

    [Test]
    public void Sample_OfFreshWeights_WarnsOnce_AndNotAfterTraining()
    {
        using var model = Builder.Build();
        var told = Listen(model);
        Assert.That(model.IsUntrained, Is.True);
        for (var i = 0; i < 3; i++)
            model.Sample(1).Dispose();
        foreach (var frame in model.Stream(1))
            frame.Dispose();
        Assert.That(told, Has.Count.EqualTo(1).And.All.Contains("never trained"));
        model.Train(Options, Data);
        Assert.That(model.IsUntrained, Is.False);
        model.Sample(1).Dispose();
        Assert.That(told, Has.Count.EqualTo(1));
    }

    [Test]
    public void Train_WhoseRecorderSamples_WarnsOfNothing()
    {
        using var folder = new TemporaryFolder();
        using var model = Builder.Build();
        var told = Listen(model);
        model.Train(Options, Data, observers: [new TrainingRecorder(model, folder.Path) { Pictures = 1, PictureEvery = 1 }]);
        Assert.That(told, Is.Empty);
    }

    [Test]
    public void ATrainingThatTakesNoStep_LeavesItUntrained()
    {
        using var model = Builder.Build();
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => model.Train(Options, Data, cancellationToken: stop.Token));
        Assert.That(() => model.Train(Options with { BatchSize = 100 }, Data), Throws.ArgumentException);
        Assert.That(model.IsUntrained, Is.True);
        Assert.That(() => model.Train(Options, Data), Throws.Nothing);
    }

    [Test]
    public void WhatIsLoadedOrGiven_IsNotCalledUntrained()
    {
        using var folder = new TemporaryFolder();
        using var network = new UNet(UNetOptions.Tiny);
        using var given = new DiffusionBuilder().WithDenoiser(network).WithDdim(2).Build();
        using (var model = Builder.Build())
            model.Save(folder.Path);
        using var loaded = Diffusion.FromPretrained(folder.Path);
        foreach (var model in (Diffusion[])[given, loaded])
        {
            var told = Listen(model);
            model.Sample(1).Dispose();
            Assert.That((model.IsUntrained, told.Count), Is.EqualTo((false, 0)));
        }
    }
}
