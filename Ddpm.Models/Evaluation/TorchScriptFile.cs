using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Ddpm.Formats;
using static TorchSharp.torch;

namespace Ddpm.Evaluation;

/// <summary>Reads a TorchScript file: what was checked is what runs, as the file is read once.</summary>
internal static class TorchScriptFile
{
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DataFormatException">It is another file than the checksum says, holds no program, or libtorch cannot load it.</exception>
    internal static (jit.ScriptModule Module, string Sha256) Load(string path, string? expected, Device device)
    {
        var bytes = Read(path);
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        if (expected is not null && hash != expected)
            throw new DataFormatException(path, null, $"the file must have SHA-256 {expected}, but has {hash}: it is another file, or damaged");
        CheckIsProgram(path, hash);
        try
        {
            var module = jit.load(bytes, device);
            module.eval();
            return (module, hash);
        }
        catch (ExternalException fault)
        {
            throw new DataFormatException(path, null, $"libtorch cannot load this TorchScript file: {Cause(fault)}", fault);
        }
    }

    /// <summary>What went wrong, out of a message with libtorch's stack and, from a running function, its source.</summary>
    internal static string Cause(Exception fault)
    {
        var lines = fault.Message.Split('\n');
        return (lines.FirstOrDefault(line => line.StartsWith("RuntimeError: ", StringComparison.Ordinal))?["RuntimeError: ".Length..] ?? lines[0])
            .TrimEnd('.', ' ');
    }

    private static byte[] Read(string path)
    {
        using var file = InputFile.Open(path);
        if (file.Length > Array.MaxLength)
            throw new DataFormatException(path, null, $"a TorchScript file must have at most {Array.MaxLength} bytes, but has {file.Length}");
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    // The most common mistake is told for what it is. The folder that all records share may have any name.
    private static void CheckIsProgram(string path, string hash)
    {
        if (KnownFeatureFile.Of(hash) is { IsTorchScript: false } known)
            throw new DataFormatException(path, null, $"this is {known.Name}: {known.Remark}");
        using var file = RandomAccessFile.Open(path);
        var records = ZipDirectory.Read(file, ZipRules.Archive);
        if (!records.Any(record => record.Name.EndsWith("/constants.pkl", StringComparison.Ordinal)))
            throw new DataFormatException(
                path, null, "a TorchScript file must hold a program, but this one does not: it is weights alone, as torch.save writes them. "
                + "The network that they belong to must be built around them and saved by torch.jit.script or torch.jit.trace");
    }
}
