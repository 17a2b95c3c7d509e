using System.Diagnostics;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;

namespace Ddpm.Tests.Models.AotInductor;

/// <summary>
/// A package as libtorch's loader takes it, made without PyTorch: the functions that it looks for are written in C, and compute x · x. Where there
/// is no C compiler, or another system than Linux, the test is skipped.
/// </summary>
internal static class HandMadePackage
{
    private const string Folder = "p/data/aotinductor/model/m.wrapper";

    private const string Source = """
        #include <stddef.h>
        #include <stdint.h>
        typedef void *handle;
        typedef int32_t error;
        error aoti_torch_cpu_mul_Tensor(handle self, handle other, handle *result);
        error aoti_torch_delete_tensor_object(handle tensor);
        static int container;
        error AOTInductorModelContainerCreateWithDevice(handle *c, size_t n, const char *device, const char *folder) { *c = &container; return 0; }
        error AOTInductorModelContainerDelete(handle c) { return 0; }
        error AOTInductorModelContainerGetNumOutputs(handle c, size_t *n) { *n = OUTPUTS; return 0; }
        error AOTInductorModelContainerGetNumConstants(handle c, size_t *n) { *n = 0; return 0; }
        error AOTInductorModelContainerGetConstantName(handle c, size_t i, const char **name) { return 1; }
        error AOTInductorModelContainerGetConstantOriginalFQN(handle c, size_t i, const char **name) { return 1; }
        error AOTInductorModelContainerGetConstantDtype(handle c, size_t i, int32_t *type) { return 1; }
        error AOTInductorModelContainerUpdateConstantBuffer(handle c, handle map, _Bool inactive, _Bool all) { return 1; }
        error AOTInductorModelContainerUpdateInactiveConstantBuffer(handle c, handle map) { return 1; }
        error AOTInductorModelContainerRunConstantFolding(handle c, _Bool inactive, handle stream, handle proxy) { return 0; }
        error AOTInductorModelContainerSwapConstantBuffer(handle c) { return 0; }
        error AOTInductorModelContainerGetCallSpec(handle c, const char **in, const char **out) { *in = *out = ""; return 0; }
        error AOTInductorModelContainerRun(
            handle c, handle *inputs, size_t given, handle *outputs, size_t wanted, handle stream, handle proxy)
        {
            error failed = given != INPUTS;
            for (size_t i = 0; i < wanted && !failed; i++)
                failed = aoti_torch_cpu_mul_Tensor(inputs[0], inputs[0], &outputs[i]);
            for (size_t i = 0; i < given; i++)
                aoti_torch_delete_tensor_object(inputs[i]);
            return failed;
        }
        """;

    /// <summary>Writes one.</summary>
    internal static string Write(TemporaryFolder folder, int inputs = 2, int outputs = 1, string device = "cpu")
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != System.Runtime.InteropServices.Architecture.X64)
            Assert.Ignore("Packages are made by hand on Linux alone.");
        File.WriteAllText(folder.File("m.c"), Source);
        var libtorch = Process.GetCurrentProcess().Modules.Cast<ProcessModule>().First(module => module.ModuleName == "libtorch_cpu.so").FileName;
        // Not every symbol of libtorch's own is there to be linked; that of this library is.
        string[] arguments = ["-shared", "-fPIC", "-O1", $"-DINPUTS={inputs}", $"-DOUTPUTS={outputs}", "-o", folder.File("m.so"), folder.File("m.c"),
            "-Wl,--no-as-needed,--allow-shlib-undefined", libtorch];
        try
        {
            using var compiler = Process.Start(new ProcessStartInfo("cc", arguments) { RedirectStandardError = true })!;
            var said = compiler.StandardError.ReadToEnd();
            compiler.WaitForExit();
            Assert.That(compiler.ExitCode, Is.Zero, said);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Ignore("There is no C compiler here.");
        }
        return Pack(folder, [
            ("p/archive_format", "pt2"u8.ToArray()), ($"{Folder}_metadata.json", Encoding.UTF8.GetBytes($"{{\"AOTI_DEVICE_KEY\": \"{device}\"}}")),
            ($"{Folder}.cpp", []), ($"{Folder}.so", File.ReadAllBytes(folder.File("m.so")))]);
    }

    /// <summary>Writes a zip file of these records.</summary>
    internal static string Pack(TemporaryFolder folder, (string Name, byte[] Content)[] records)
    {
        var path = folder.File($"{Guid.NewGuid():N}.pt2");
        using var zip = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach (var (name, content) in records)
        {
            using var stream = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
            stream.Write(content);
        }
        return path;
    }
}
