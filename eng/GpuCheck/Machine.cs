using System.Diagnostics;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.GpuCheck;

/// <summary>What computes: the device, libtorch and its switches.</summary>
internal static class Machine
{
    public static void Describe(Device device)
    {
        Console.WriteLine(device.type == DeviceType.CPU
            ? "device: the CPU, " + (cuda.is_available() ? "as asked" : "as NO CUDA DEVICE is available to this libtorch: no GPU is checked")
            : $"device: {device}, {Card(device.index)}; {cuda.device_count()} there, cuDNN {(cuda.is_cudnn_available() ? "available" : "MISSING")}");
        Console.WriteLine($"system: {RuntimeInformation.OSDescription}, {Environment.ProcessorCount} cores, {get_num_threads()} threads, "
            + $".NET {Environment.Version}");
        foreach (var library in Libraries())
            Console.WriteLine($"library: {library}");
        Console.WriteLine(
            $"as libtorch has it: TF32 in convolutions {Word(backends.cudnn.allow_tf32)}, in products {Word(backends.cuda.matmul.allow_tf32)}; "
            + $"each form below sets both. bfloat16 {(HasBFloat16(device) ? "computes" : "does NOT compute")} here.");
    }

    private static string Word(bool on) => on ? "on" : "off";

    // TorchSharp does not tell its name; the driver does.
    private static string Card(int index)
    {
        var folders = Directory.Exists("/proc/driver/nvidia/gpus") ? Directory.GetDirectories("/proc/driver/nvidia/gpus").Order().ToArray() : [];
        var file = folders.Length > index && index >= 0 ? Path.Combine(folders[index], "information") : "";
        return File.Exists(file)
            ? string.Join(' ', File.ReadLines(file).First().Split([' ', '\t', ':'], StringSplitOptions.RemoveEmptyEntries).Skip(1))
            : "a card whose name the driver does not tell";
    }

    private static IEnumerable<string> Libraries()
    {
        using var process = Process.GetCurrentProcess();
        var paths = process.Modules.Cast<ProcessModule>().Select(module => module.FileName)
            .Where(path => Path.GetFileName(path) is var name && (name.StartsWith("libtorch_c", StringComparison.Ordinal)
                || name.StartsWith("libcudnn.so", StringComparison.Ordinal) || name.StartsWith("libLibTorchSharp", StringComparison.Ordinal)));
        foreach (var path in paths.Distinct().Order())
        {
            // A wheel says its version two folders up.
            var version = Path.Combine(Path.GetDirectoryName(path)!, "..", "version.py");
            var line = File.Exists(version)
                ? File.ReadLines(version).FirstOrDefault(text => text.StartsWith("__version__", StringComparison.Ordinal)) : null;
            yield return line is null ? path : $"{path} ({line})";
        }
    }

    private static bool HasBFloat16(Device device)
    {
        try
        {
            using var scope = NewDisposeScope();
            var x = ones(16, 16, ScalarType.BFloat16, device);
            return x.mm(x).sum().to(ScalarType.Float32).item<float>() == 4096;
        }
        catch (ExternalException)
        {
            return false;
        }
    }
}
