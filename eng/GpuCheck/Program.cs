// Whether a GPU computes what the CPU does, and how fast it draws: one program, one table. docs/gpu.md says how to take it to a machine.
using System.CommandLine;
using System.Runtime.InteropServices;
using Ddpm.GpuCheck;
using Ddpm.Samples;
using TorchSharp;

// libtorch of a Python wheel knows of CUDA once this half of it is loaded.
_ = NativeLibrary.TryLoad("libtorch_cuda.so", out _);
return SampleApp.Run(args, Check());

static RootCommand Check()
{
    var device = CommonOptions.Device();
    var networks = Flag.OneOf("--networks", "Which networks draw.", "both", "both", "small", "cifar10");
    var batches = Flag.Wholes("--batches", "Images at once; on a CPU 1 alone unless said.", 1, 4096, 1, 16, 64, 256);
    var steps = Flag.OptionalWhole("--steps", "Steps of DDIM that are timed; 50 on a GPU and 2 on a CPU unless said.", 2, 1000);
    var only = Flag.OneOf("--only", "A part alone.", "all", "all", "checks", "speed");
    var command = new RootCommand("Checks a device against the CPU, then measures sampling in each precision and layout.")
    {
        device, networks, batches, steps, only,
    };
    command.SetAction(parsed =>
    {
        var where = parsed.GetRequiredValue(device);
        var isGpu = where.type != DeviceType.CPU;
        var part = parsed.GetRequiredValue(only);
        Machine.Describe(where);
        var named = parsed.GetRequiredValue(networks);
        var chosen = NetworkUnderTest.All.Where(network => named == "both" || network.Name == named);
        var failed = part == "speed" ? 0 : Correctness.Run(where);
        if (part != "checks")
            Speed.Run(where, [.. chosen], isGpu || IsSaid() ? parsed.GetRequiredValue(batches) : [1], parsed.GetValue(steps) ?? (isGpu ? 50 : 2));
        Console.WriteLine();
        Console.WriteLine(part == "speed" ? "done: nothing was checked" : failed == 0 ? "done: every check passed" : $"done: {failed} checks FAILED");
        return failed == 0 ? 0 : 1;

        bool IsSaid() => parsed.GetResult(batches) is { Implicit: false };
    });
    return command;
}
