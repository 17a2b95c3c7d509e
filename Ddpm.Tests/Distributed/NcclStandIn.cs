using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Ddpm.Distributed;

namespace Ddpm.Tests.Distributed;

/// <summary>The library of nccl-stand-in.c, compiled once; tests are skipped where there is no compiler.</summary>
internal static class NcclStandIn
{
    private static readonly Lazy<nint> Compiled = new(Compile);

    internal static NcclLibrary Library() => new(Compiled.Value);

    private static nint Compile()
    {
        // In a folder that stays: the library is in use until the process ends.
        var source = Path.Combine(AppContext.BaseDirectory, "Distributed", "nccl-stand-in.c");
        var library = Path.ChangeExtension(source, ".so");
        try
        {
            using var compiler = Process.Start(new ProcessStartInfo(
                "cc", ["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-pthread", "-o", library, source]) { RedirectStandardError = true })!;
            var faults = compiler.StandardError.ReadToEnd();
            compiler.WaitForExit();
            Assert.That(compiler.ExitCode, Is.Zero, faults);
        }
        catch (Win32Exception)
        {
            Assert.Ignore("There is no C compiler (cc) on this machine: install gcc.");
        }
        return NativeLibrary.Load(library);
    }
}
