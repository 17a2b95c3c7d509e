using Ddpm.Samples;

namespace Ddpm.Tests.Samples.Doctor;

/// <summary>A healthy model on a machine that is not.</summary>
internal static class SickMachines
{
    internal static IEnumerable<SickPatient> All =>
    [
        new("processor-hides-caches", On(Healthy.Machine with { CachesAreHidden = true, OneDnnIsOn = false })),
        new("onednn-off", On(Healthy.Machine with { OneDnnIsOn = false })),
        new("threads-above-quota", On(Healthy.Machine with { Threads = 64, Processors = 64, Quota = 1.5 }))
            { Says = "64 threads, but the process may use 2" },
        new("threads-above-quota", On(Healthy.Machine with { Threads = 8, AskedThreads = "8" })) { Says = "OMP_NUM_THREADS is 8" },
        new("threads-few", On(Healthy.Machine with { Threads = 1, AskedThreads = "1" })) { Says = "1 of 2" },
        new("threads-few", On(Healthy.Machine with { Threads = 1, Processors = 16 })) { Says = "1 of 16" },
        new("gpu-out-of-reach", On(Healthy.Machine with { HasGpu = true })),
        new("gpu-not-used", On(Healthy.Machine with { HasGpu = true, GpuIsUsable = true })),
        new("memory-short", On(Healthy.Machine with { Memory = 1e5 })) { Says = "0.0001 GB" },
    ];

    private static Func<TemporaryFolder, Patient> On(Machine machine) => folder => Healthy.Of(Healthy.Model(), folder, machine);
}
