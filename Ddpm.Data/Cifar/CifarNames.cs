using Ddpm.Formats;

namespace Ddpm;

/// <summary>Names of classes that lie beside the images.</summary>
internal static class CifarNames
{
    private const int LargestFile = 1 << 16;

    /// <summary>A variable of a MATLAB file: a cell of names, or rows of one text filled with spaces. Null if there is no such file.</summary>
    internal static string[]? OfMat(string path, string variable, int classes)
    {
        if (!File.Exists(path))
            return null;
        return MatFile.Read(path, [variable]).GetValueOrDefault(variable) switch
        {
            MatCellArray { Cells: var cells } when cells.Count == classes && cells.All(cell => cell is MatCharArray { Dimensions: [<= 1, _] }) =>
                [.. cells.Select(cell => cell.ToString()!)],
            MatCharArray { Dimensions: [var count, _] } rows when count == classes =>
                [.. Enumerable.Range(0, classes).Select(row => rows.Row(row).TrimEnd(' '))],
            _ => throw new DataFormatException(path, null, $"\"{variable}\" must be a cell or rows of {classes} names"),
        };
    }

    /// <summary>A file of text, one name a line. Null if there is no such file.</summary>
    internal static string[]? OfText(string path, int classes)
    {
        if (!File.Exists(path))
            return null;
        using var file = RandomAccessFile.Open(path);
        if (file.Length > LargestFile)
            throw new DataFormatException(path, null, $"a file of {classes} names may have {LargestFile} bytes, but has {file.Length}");
        var text = new FileCursor(file, 0, file.Length).Text((int)file.Length);
        // The originals end with an empty line.
        var names = text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0).ToArray();
        return names.Length == classes
            ? names
            : throw new DataFormatException(path, null, $"there must be {classes} names, one a line, but there are {names.Length}");
    }
}
