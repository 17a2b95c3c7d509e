using System.Globalization;
using Ddpm.Samplers;
using Ddpm.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.GpuCheck;

/// <summary>Outputs, a chain and gradients on a device, each against the CPU in float32.</summary>
internal static class Correctness
{
    /// <summary>A chain adds up what its 50 steps differ by; x_0 is clipped, so that no difference is without bounds.</summary>
    private const double OfChain = 1e-3;

    /// <summary>Gradients are sums over the batch and its pixels of what went through all layers twice.</summary>
    private const double OfGradients = 1e-3;

    /// <returns>How many checks failed.</returns>
    public static int Run(Device device)
    {
        Console.WriteLine();
        var failed = 0;
        foreach (var network in NetworkUnderTest.All)
            foreach (var form in ComputeForm.All)
                failed += Say($"{network.Name} {form}, output", OutputDifference(network, form, device), form.Tolerance);
        foreach (var form in ComputeForm.All.Where(form => form.Precision == "float32"))
        {
            failed += Say($"small {form}, 50 steps of DDIM", ChainDifference(NetworkUnderTest.All[0], form, device), OfChain);
            foreach (var network in NetworkUnderTest.All)
                failed += Say($"{network.Name} {form}, gradients", GradientDifference(network, form, device), OfGradients);
        }
        return failed;
    }

    private static int Say(string what, double difference, double tolerance)
    {
        var passed = difference <= tolerance;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{(passed ? "ok    " : "FAILED")}  {what}: {difference:0.0e-0} of the largest, at most {tolerance:0e-0}"));
        return passed ? 0 : 1;
    }

    private static double OutputDifference(NetworkUnderTest network, ComputeForm form, Device device)
    {
        using var noGrad = no_grad();
        return Difference(network, form, device, (made, where) =>
        {
            var asked = made.parameters().First().dtype == ScalarType.BFloat16 ? (IDenoiser)new RoundedDenoiser(made) : made;
            return [asked.Predict(Images(network, 0).to(where), tensor([3f, 999f]).to(where)).cpu()];
        });
    }

    private static double ChainDifference(NetworkUnderTest network, ComputeForm form, Device device) => Difference(network, form, device, (made, _) =>
    {
        using var diffusion = network.Sampler(made, form);
        return [diffusion.Sample(2, new() { Seed = 1, Sampler = new DdimSampler(50) }).cpu()];
    });

    // In training, so that dropout is drawn too: from numbers, the same on every device.
    private static double GradientDifference(NetworkUnderTest network, ComputeForm form, Device device) =>
        Difference(network, form, device, (made, where) =>
    {
        made.train();
        made.Reseed(5);
        var process = new GaussianDiffusion(new Schedules.LinearSchedule());
        var loss = new TrainingLoss().PerImage(process, made, new Parameterization(), Images(network, 1).to(where),
            [process.Path.At(20), process.Path.At(700)], Images(network, 2).to(where)).mean();
        loss.backward();
        return [.. made.parameters().Select(weight => weight.grad!.detach().cpu())];
    });

    // The same work on both: the largest difference of each tensor in units of the CPU's largest value in it, or of a thousandth of the largest in
    // all, as some gradients are zero but for rounding, such as that of a key's bias.
    private static double Difference(NetworkUnderTest network, ComputeForm form, Device device, Func<UNet, Device, Tensor[]> work)
    {
        using var scope = NewDisposeScope();
        using var here = network.Make(CPU);
        using var there = network.Make(device, form);
        var wanted = work(here, CPU);
        var sizes = wanted.Select(Largest).ToArray();
        form.Enter();
        var found = work(there, device);
        var worst = Enumerable.Range(0, found.Length).Max(i => Largest(found[i] - wanted[i]) / Math.Max(sizes[i], sizes.Max() / 1000));
        return double.IsFinite(worst) ? worst : double.PositiveInfinity;
    }

    private static double Largest(Tensor x) =>
        x.abs().max().item<float>() is var largest && float.IsFinite(largest) ? largest : double.PositiveInfinity;

    // Waves of each channel and image, between -1 and 1.
    private static Tensor Images(NetworkUnderTest network, int kind)
    {
        var shape = network.Options.Image;
        return arange(2L * shape.Channels * shape.Height * shape.Width).to(ScalarType.Float32).mul(0.7 + 0.13 * kind).sin()
            .view(2, shape.Channels, shape.Height, shape.Width);
    }
}
