namespace Ddpm;

/// <summary>A file that breaks a rule of its format. Nothing has been changed by the attempt to read it.</summary>
public sealed class DataFormatException : IOException
{
    /// <summary>Names the file, the place and the rule.</summary>
    /// <param name="file">Path or name of the file.</param>
    /// <param name="offset">Where in the file, in bytes from its start; null where no place can be told.</param>
    /// <param name="rule">The rule and the value found, as a sentence without its full stop.</param>
    /// <param name="innerException">What was thrown below, if anything.</param>
    public DataFormatException(string file, long? offset, string rule, Exception? innerException = null)
        : base($"{file}{(offset is null ? "" : $", byte {offset}")}: {rule}.", innerException)
        => (File, Offset, Rule) = (file, offset, rule);

    /// <summary>Path or name of the file.</summary>
    public string File { get; }

    /// <summary>Bytes from the start of the file, or null.</summary>
    public long? Offset { get; }

    /// <summary>The rule that the file breaks.</summary>
    public string Rule { get; }
}
