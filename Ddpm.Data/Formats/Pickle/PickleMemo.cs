namespace Ddpm.Formats;

/// <summary>The numbered values of a pickle, in pages: neither one large number nor many of them can make it large.</summary>
internal sealed class PickleMemo
{
    internal const int MaxIndex = 1_000_000;
    private const int Page = 1024;

    private readonly object?[]?[] pages = new object?[]?[MaxIndex / Page + 1];

    /// <summary>The value of a number below <see cref="MaxIndex"/>, or null.</summary>
    internal object? this[int index]
    {
        get => pages[index / Page]?[index % Page];
        set => (pages[index / Page] ??= new object?[Page])[index % Page] = value;
    }
}
