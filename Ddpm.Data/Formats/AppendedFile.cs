namespace Ddpm.Formats;

/// <summary>
/// A file that grows by whole records, each handed to the operating system at once: what was appended stays when the process is killed. A record of
/// which only a part could be written, as on a full disk, is cut off again, so that the next one follows a whole one.
/// </summary>
/// <param name="path">The file; made by the first record if it is not there, else added to.</param>
/// <param name="head">What a file without bytes begins with; it is written together with the first record.</param>
internal sealed class AppendedFile(string path, ReadOnlyMemory<byte> head = default) : IDisposable
{
    private FileStream? stream;
    private long whole = -1;

    internal string Path => path;

    /// <summary>Appends a record, of which all or nothing is there afterwards.</summary>
    /// <exception cref="IOException">The file cannot be written. The next call tries again.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    internal void Append(ReadOnlySpan<byte> record)
    {
        try
        {
            stream ??= Open();
            stream.Write(whole == 0 && !head.IsEmpty ? [.. head.Span, .. record] : record);
            whole = stream.Position;
        }
        catch
        {
            // A handle may have become useless; a new one may not.
            Undo();
            Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        stream?.Dispose();
        stream = null;
    }

    // No buffer: a write is the system's when it returns. Others may read the file, and delete it, meanwhile.
    private FileStream Open()
    {
        var opened = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read | FileShare.Delete, bufferSize: 0);
        try
        {
            // What is there after the last whole record came of a write that failed, and could not be cut off then.
            if (whole >= 0 && opened.Length > whole)
                opened.SetLength(whole);
            whole = opened.Seek(0, SeekOrigin.End);
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    private void Undo()
    {
        try
        {
            if (stream is not null && stream.Length > whole)
                stream.SetLength(whole);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            // The next record tries it again; what is told is why this one could not be written.
        }
    }
}
