using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Training;

/// <summary>Training shows and tells a network what sampling shows and tells it.</summary>
public class ParameterizationTrainingTests
{
    private static readonly GaussianDiffusion Process = new(new LinearSchedule());
    private static readonly int[] Steps = [0, 15, 500, 999];

    private static readonly (string Name, Parameterization Input)[] Inputs =
    [
        ("step", Parameterization.Epsilon), ("EDM", Parameterization.Edm()), ("EDM, s = 0.3", Parameterization.Edm(0.3)),
        ("rho", new() { Input = InputScaling.ImageScale, TimeInput = TimeConditioning.Rho }), ("flow", Parameterization.Flow()),
    ];

    private static IEnumerable<string> Names => Inputs.Select(each => each.Name);

    private static Parameterization Named(string name, PredictionType type) =>
        Inputs.Single(each => each.Name == name).Input with { Prediction = type };

    [Test]
    public void PerImage_ShowsAndTellsWhatSamplingDoes([ValueSource(nameof(Names))] string name, [Values] PredictionType type)
    {
        using var scope = NewDisposeScope();
        var (x0, noise) = (CosineNoise.Draw(1, 4, 3, 8, 8) * 0.3, CosineNoise.Draw(2, 4, 3, 8, 8));
        var (shown, told) = ((Tensor?)null, (Tensor?)null);
        var denoiser = new FormulaDenoiser((x, t) =>
        {
            (shown, told) = (x.clone().DetachFromDisposeScope(), t.flatten().clone().DetachFromDisposeScope());
            return x * 0.1;
        });
        new TrainingLoss().PerImage(Process, denoiser, x0, Steps, noise, parameterization: Named(name, type));
        var (shownInTraining, toldInTraining) = (shown!, told!);
        for (var i = 0; i < Steps.Length; i++)
        {
            var xt = Process.Diffuse(x0[i..(i + 1)], Steps[i], noise[i..(i + 1)]);
            var predictor = new Predictor(denoiser, Process.Path, new() { Parameterization = Named(name, type) });
            predictor.Predict(xt, Process.Path.At(Steps[i]));
            Expect.RelativelyClose(shownInTraining[i..(i + 1)], shown!, 1e-6);      // a factor a batch, or a factor an image: float32
            Expect.RelativelyClose(toldInTraining[i..(i + 1)], told!, 1e-6);
        }
    }

    // A network that knows x_0 says the target, whatever it is to say and however it is shown x: no loss, and sampling reads x_0 out of it.
    [Test]
    public void PerImage_OfANetworkThatSaysTheTarget_IsZeroAndSamplingReadsX0([ValueSource(nameof(Names))] string name, [Values] PredictionType type)
    {
        using var scope = NewDisposeScope();
        var (x0, noise, own) = (CosineNoise.Draw(1, 4, 3, 8, 8) * 0.3, CosineNoise.Draw(2, 4, 3, 8, 8), Named(name, type));
        var target = own.Target(Process, x0, Steps, noise);
        var exact = new FormulaDenoiser((_, _) => target.alias());
        Expect.Close(new TrainingLoss().PerImage(Process, exact, x0, Steps, noise, parameterization: own), zeros(4), 0);
        for (var i = 0; i < Steps.Length; i++)
        {
            var (at, one) = (Process.Path.At(Steps[i]), target[i..(i + 1)]);
            var predictor = new Predictor(
                new FormulaDenoiser((_, _) => one.alias()), Process.Path, new() { Parameterization = own, Clip = null });
            var said = predictor.Predict(Process.Diffuse(x0[i..(i + 1)], Steps[i], noise[i..(i + 1)]), at);
            // ε out of float32 times ρ, at most 157; v at that ρ likewise.
            Expect.Close(said.X0, x0[i..(i + 1)], 1e-6 * Math.Max(at.Rho, 1));
        }
    }

    // Weights turn the differences of ε, x_0 and v into one, whatever the data's deviation: MinSnr counts (ε - ε_θ)².
    [Test]
    public void Weighted_IsTheSameWhateverTheNetworkPredicts([ValueSource(nameof(Names))] string name)
    {
        using var scope = NewDisposeScope();
        var (x0, noise) = (CosineNoise.Draw(1, 4, 3, 8, 8) * 0.3, CosineNoise.Draw(2, 4, 3, 8, 8));
        var ε = noise + 0.3 * CosineNoise.Draw(4, 4, 3, 8, 8);
        var guess = Parameterization.Epsilon.X0Of(Process, Process.Diffuse(x0, Steps, noise), ε, Steps);
        // At a wrong x_0 and the ε that goes with it.
        Tensor Loss(PredictionType type, PredictionType? space = null) =>
            new TrainingLoss { Space = space, Weighting = LossWeighting.MinSnr() }.PerImage(
                Process, new FormulaDenoiser((_, _) => Named(name, type).Target(Process, guess, Steps, ε)), x0, Steps, noise,
                parameterization: Named(name, type));
        var ofEpsilon = Loss(PredictionType.Epsilon);
        foreach (var type in Enum.GetValues<PredictionType>())
        {
            Expect.RelativelyClose(Loss(type), ofEpsilon, 1e-4);       // float32, ρ up to 157
            Expect.RelativelyClose(Loss(type, PredictionType.V), ofEpsilon, 1e-4);
        }
    }

    // The loss in another space is that of a network of that space.
    [Test]
    public void Space_IsWhereTheDifferenceIsTaken([Values] PredictionType type, [Values] PredictionType space, [Values] LossKind kind)
    {
        Assume.That(kind, Is.Not.EqualTo(LossKind.VariationalBound));
        using var scope = NewDisposeScope();
        var (x0, noise) = (CosineNoise.Draw(1, 4, 3, 8, 8).to(float64) * 0.3, CosineNoise.Draw(2, 4, 3, 8, 8).to(float64));
        var ε = noise + 0.3 * CosineNoise.Draw(4, 4, 3, 8, 8);
        var guess = Parameterization.Epsilon.X0Of(Process, Process.Diffuse(x0, Steps, noise), ε, Steps);
        Tensor Loss(PredictionType said, PredictionType? space)
        {
            var own = new Parameterization { Prediction = said };
            return new TrainingLoss { Kind = kind, Space = space }.PerImage(
                Process, new FormulaDenoiser((_, _) => own.Target(Process, guess, Steps, ε)), x0, Steps, noise, parameterization: own);
        }
        Expect.RelativelyClose(Loss(type, space), Loss(space, null), 1e-9);
    }

    [Test]
    public void HeldOutLoss_MeasuresWithIt()
    {
        using var scope = NewDisposeScope();
        var told = new List<float>();
        var denoiser = new FormulaDenoiser((x, t) =>
        {
            told.Add(t.flatten()[0].item<float>());
            return x * 0.1;
        });
        HeldOutLoss.Measure(denoiser, Process, zeros(2, 3, 4, 4), [15],
            parameterization: new() { TimeInput = TimeConditioning.Rho });
        Assert.That(told, Is.EqualTo(new[] { (float)Process.Path.At(15).Rho }));
    }

    [Test]
    public void Train_OfADiffusion_UsesItsParameterization()
    {
        var told = new List<float>();
        using var network = new Told(told);
        using var diffusion = new DiffusionBuilder().WithDenoiser(network, new ImageShape(3, 8, 8))
            .WithParameterization(Parameterization.Edm()).Build();
        diffusion.Train(new() { Steps = 3, BatchSize = 4 }, new ImageDataset(diffusion.Image, new byte[4 * 192]));
        // ln(ρ)/4 lies between -1.2 and 1.3 for the paper's schedule; steps go to 999.
        Assert.That(told, Has.Count.EqualTo(12).And.All.InRange(-1.2f, 1.3f));
    }

    private sealed class Told : nn.Module, IDenoiser
    {
        private readonly TorchSharp.Modules.Parameter weight = new(ones(1));
        private readonly List<float> told;

        internal Told(List<float> told)
            : base(nameof(Told))
        {
            this.told = told;
            RegisterComponents();
        }

        public Tensor Predict(Tensor x, Tensor t, Conditioning? conditioning = null)
        {
            told.AddRange(t.data<float>().ToArray());
            return x * weight;
        }
    }
}
