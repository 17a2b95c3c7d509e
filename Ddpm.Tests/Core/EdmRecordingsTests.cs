using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Core;

/// <summary>
/// EDM's preconditioning and loss as k-diffusion's Denoiser computes them in double (Golden/edm-flow), for the network
/// F(x, c) = 0.8 sin(x) c/(1 + |c|) + 0.2 x.
/// </summary>
public class EdmRecordingsTests
{
    private const string File = "edm-flow/edm-flow.safetensors", Prefix = "edm.", Denoised = ".denoised", Loss = ".loss";

    // A few roundings of numbers up to 80 in double; relative to the largest value.
    private const double Tolerance = 1e-12;

    private static readonly GaussianDiffusion Process = new(new EdmSchedule());

    private static readonly FormulaDenoiser Formula = new((x, c) => 0.8 * x.sin() * c / (1 + c.abs()) + 0.2 * x);

    private static IEnumerable<TestCaseData> Deviations => Recordings.Cases(File, () => Named(Denoised));

    private static IEnumerable<TestCaseData> Losses => Recordings.Cases(File, () => Named(Loss).Select(name =>
    {
        var dot = name.LastIndexOf('.');
        return new object?[] { name[..dot], name[(dot + 1)..] };
    }), arguments: 2);

    [TestCaseSource(nameof(Deviations))]
    public void Predict_OfX0_IsTheirDenoised(string sigmaData)
    {
        using var scope = NewDisposeScope();
        var (x0, noise, at) = Given();
        var predictor = new Predictor(Formula, Process.Path, new() { Parameterization = Edm(sigmaData), Clip = null });
        var denoised = at.Select((point, i) =>
        {
            var x = GaussianDiffusion.Diffuse(x0.narrow(0, i, 1), [point], noise.narrow(0, i, 1));
            return predictor.Predict(x, point).X0;
        });
        Expect.RelativelyClose(cat([.. denoised]), Recordings.Read(File, Prefix + sigmaData + Denoised), Tolerance);
    }

    [TestCaseSource(nameof(Losses))]
    public void PerImage_IsTheirLoss(string sigmaData, string weighting)
    {
        using var scope = NewDisposeScope();
        var (x0, noise, at) = Given();
        var loss = OfWeighting(weighting, Edm(sigmaData).SigmaData).PerImage(Process, Formula, Edm(sigmaData), x0, at, noise);
        Expect.RelativelyClose(loss, Recordings.Read(File, Prefix + sigmaData + "." + weighting + Loss), Tolerance);
    }

    // Theirs are weights on F. s²/(σ² + s²) is 1 on ε; (σ s)²/(σ² + s²)² is σ²/(σ² + s²) on ε, where SNR = 1/σ².
    private static TrainingLoss OfWeighting(string name, double s)
    {
        switch (name)
        {
            case "karras":
                return new();
            case "snr":
                return new() { Space = PredictionType.Epsilon };
            case "soft-min-snr":
                return new() { Weighting = LossWeighting.SoftMinSnr(1 / (s * s)) };
            default:
                Assert.Ignore($"The weighting {name} of the recordings is not known here.");
                throw new InvalidOperationException();
        }
    }

    private static (Tensor X0, Tensor Noise, DiffusionPoint[] At) Given()
    {
        double[] sigmas = [.. Recordings.Read(File, "edm.sigma").data<double>()];
        return (Recordings.Read(File, "x0"), Recordings.Read(File, "eps"), Array.ConvertAll(sigmas, Process.Path.AtRho));
    }

    private static Parameterization Edm(string sigmaData) => Parameterization.Edm(DocumentedTable.Number(sigmaData));

    private static IEnumerable<string> Named(string end) => Recordings.Names(File, Prefix)
        .Where(name => name.EndsWith(end, StringComparison.Ordinal)).Select(name => name[..^end.Length]);
}
