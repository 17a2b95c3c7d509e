using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Ddpm.Samplers;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.GpuCheck;

/// <summary>Images a second of DDIM with 50 steps, for every network, form and batch, as one table.</summary>
internal static class Speed
{
    private const int Repetitions = 3, StepsOfTable = 50;

    public static void Run(Device device, IReadOnlyList<NetworkUnderTest> networks, IReadOnlyList<int> batches, int steps)
    {
        Console.WriteLine();
        Console.WriteLine($"Images a second, and milliseconds a step, of DDIM with {StepsOfTable} steps; "
            + $"from {steps} steps, the median of {Repetitions} runs.");
        Console.WriteLine();
        Console.WriteLine($"| network | precision | layout | {string.Join(" | ", batches.Select(batch => $"batch {batch}"))} |");
        Console.WriteLine($"|---|---|---|{string.Concat(batches.Select(_ => "---:|"))}");
        foreach (var network in networks)
            foreach (var form in ComputeForm.All)
            {
                Console.Write($"| {network.Name} | {form.Precision} | {form.Layout} |");
                form.Enter();
                using var made = network.Make(device, form);
                using var diffusion = network.Sampler(made, form);
                foreach (var batch in batches)
                    Console.Write($" {Cell(diffusion, batch, steps)} |");
                Console.WriteLine();
            }
    }

    private static string Cell(Diffusion diffusion, int batch, int steps)
    {
        try
        {
            Milliseconds(diffusion, batch, 2);
            var all = Enumerable.Range(0, Repetitions).Select(_ => Milliseconds(diffusion, batch, steps) / steps).Order().ToArray();
            var step = all[Repetitions / 2];
            return string.Create(CultureInfo.InvariantCulture, $"{batch * 1000 / (step * StepsOfTable):G4} ({step:G4} ms)");
        }
        catch (ExternalException fault)
        {
            return Samples.Fault.Line(fault).Split(':')[0];
        }
    }

    // The images are read in the end: that waits for the device.
    private static double Milliseconds(Diffusion diffusion, int batch, int steps)
    {
        var watch = Stopwatch.StartNew();
        using var images = diffusion.Sample(batch, new() { Seed = 1, BatchSize = batch, Sampler = new DdimSampler(steps) });
        using var read = images.cpu();
        return watch.Elapsed.TotalMilliseconds;
    }
}
