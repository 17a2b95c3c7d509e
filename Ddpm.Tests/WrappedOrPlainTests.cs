namespace Ddpm.Tests;

/// <summary>Tests that every network must pass as it is and inside a decorator: all of a fixture runs with both.</summary>
[TestFixture(false)]
[TestFixture(true)]
public abstract class WrappedOrPlainTests(bool wrapped)
{
    private readonly List<Diffusion> inside = [];

    /// <summary>The network, or a decorator around it.</summary>
    protected IDenoiser Wrap(IDenoiser network) => wrapped ? new LoggingDenoiser(network) : network;

    /// <summary>How a network that was loaded, and so is in no decorator, is asked as this one is: a decorated network is not compiled.</summary>
    protected IInferenceBackend Backend => wrapped ? InferenceBackend.Plain : InferenceBackend.Auto;

    /// <summary>What a builder builds, with its network as it is or inside a decorator. The model is the caller's.</summary>
    protected Diffusion Build(DiffusionBuilder builder)
    {
        var plain = builder.Build();
        if (!wrapped)
            return plain;
        inside.Add(plain);
        return new DiffusionBuilder().WithSchedule(plain.Process.Schedule).WithDenoiser(Wrap(plain.Denoiser), plain.Image).WithSampler(plain.Sampler)
            .WithPrediction(plain.Prediction).WithTrainingLevels(plain.Levels).Build();
    }

    /// <summary>The owners of the networks inside.</summary>
    [TearDown]
    public void FreeWhatIsInside()
    {
        inside.ForEach(model => model.Dispose());
        inside.Clear();
    }
}
