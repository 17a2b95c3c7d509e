using Ddpm.Networks;
using TorchSharp;

namespace Ddpm.Samples;

/// <summary>What matters of the machine.</summary>
internal sealed record Machine
{
    /// <summary>Threads that libtorch computes on.</summary>
    public required int Threads { get; init; }

    /// <summary>Processors that this process may use, as .NET counts them.</summary>
    public required int Processors { get; init; }

    /// <summary>Processors' worth of time that the container is given; null: no limit.</summary>
    public double? Quota { get; init; }

    /// <summary>OMP_NUM_THREADS; null: not set.</summary>
    public string? AskedThreads { get; init; }

    /// <summary>Bytes of memory, or of the container's limit.</summary>
    public required double Memory { get; init; }

    public bool CachesAreHidden { get; init; }

    /// <summary>null: not known.</summary>
    public bool? OneDnnIsOn { get; init; }

    /// <summary>Whether there is a GPU of NVIDIA's.</summary>
    public bool HasGpu { get; init; }

    /// <summary>Whether libtorch computes on it.</summary>
    public bool GpuIsUsable { get; init; }

    /// <summary>Bytes free on the disk of a path; null: not known.</summary>
    public Func<string, long?> Room { get; init; } = RoomOf;

    /// <summary>This machine.</summary>
    public static Machine Here() => new()
    {
        Threads = torch.get_num_threads(),
        Processors = Environment.ProcessorCount,
        Quota = ProcessorQuota.Read("/"),
        AskedThreads = Environment.GetEnvironmentVariable("OMP_NUM_THREADS"),
        Memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        CachesAreHidden = OneDnn.CachesAreHidden,
        OneDnnIsOn = OneDnn.IsOn,
        HasGpu = File.Exists("/proc/driver/nvidia/version") || File.Exists("/dev/nvidia0")
            || (OperatingSystem.IsWindows() && File.Exists(Path.Combine(Environment.SystemDirectory, "nvcuda.dll"))),
        GpuIsUsable = torch.cuda.is_available(),
    };

    private static long? RoomOf(string path)
    {
        try
        {
            var full = Path.GetFullPath(path);
            return new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(full)! : full).AvailableFreeSpace;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
