namespace Ddpm.Formats;

/// <summary>
/// Something that a pickle names and that is not known here: a class, a function, or what was made by calling one. It is never looked up or run;
/// its arguments and its state are dropped. What a pickle puts into it as into a dict or a list, it holds.
/// </summary>
/// <param name="name">The module and name of the class or function.</param>
internal sealed class PickleOpaque(string name)
{
    internal string Name => name;

    /// <summary>A <see cref="PickleDictionary"/>, a list, or null while nothing has been put into it.</summary>
    internal object? Contents { get; set; }

    public override string ToString() => name;
}
