namespace Ddpm.Formats;

/// <summary>Python's None.</summary>
internal sealed class PickleNone
{
    internal static readonly PickleNone Value = new();

    private PickleNone() { }

    public override string ToString() => "None";
}
