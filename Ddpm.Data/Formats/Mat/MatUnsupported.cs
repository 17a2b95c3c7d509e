namespace Ddpm.Formats;

/// <summary>A value that was passed over: a function handle or an object of a newer class.</summary>
internal sealed class MatUnsupported : MatValue
{
    internal MatUnsupported(IReadOnlyList<long> dimensions, string what) : base(dimensions) => What = what;

    /// <summary>What it is, for people: "function handle", "opaque object of class string".</summary>
    internal string What { get; }
}
