namespace Ddpm.Formats;

/// <summary>An IDX file that is open.</summary>
/// <param name="file">The file; belongs to this.</param>
/// <param name="array">Its array; belongs to this.</param>
/// <param name="bytes">What the array reads from.</param>
internal sealed class IdxInput(RandomAccessFile file, ArrayInput array, Stream bytes) : IDisposable
{
    /// <summary>The array.</summary>
    internal ArrayInput Array => array;

    /// <summary>To be called after the last value was read: nothing may follow, and what is compressed must have its checksum.</summary>
    internal void Finish()
    {
        if (bytes.Read(stackalloc byte[1]) > 0)
            throw array.Refuse($"the values of {array.Form} must be all of the file, but more follow");
    }

    /// <summary>Reads all values.</summary>
    internal NumberArray ReadAll()
    {
        var values = array.ReadAll();
        Finish();
        return values;
    }

    public void Dispose()
    {
        array.Dispose();
        file.Dispose();
    }
}
