namespace Ddpm;

/// <summary>Opens files of tensors; the first bytes tell the format, whatever the name.</summary>
public static class TensorFile
{
    private const int Start = 9;

    /// <summary>Opens a safetensors file (<see cref="SafetensorsFile"/>) or one of PyTorch's (<see cref="PytorchFile"/>).</summary>
    /// <param name="path">The file; it must not be changed while it is open.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DataFormatException">The file is of another format or breaks a rule of its own.</exception>
    public static ITensorFile Open(string path)
    {
        Span<byte> start = stackalloc byte[Start];
        using (var file = RandomAccessFile.Open(path))
        {
            start = start[..(int)Math.Min(Start, file.Length)];
            file.Read(0, start);
        }
        // A header of 640 bytes starts as a pickle does, but no pickle of PyTorch's goes on with the brace.
        if (start.Length == Start && start[^1] == '{')
            return SafetensorsFile.Open(path);
        if (PytorchFile.IsZip(start) || PytorchFile.IsLegacy(start))
            return PytorchFile.Open(path);
        throw new DataFormatException(path, 0, $"this is neither a safetensors nor a PyTorch file: it starts with {Convert.ToHexString(start)}");
    }
}
