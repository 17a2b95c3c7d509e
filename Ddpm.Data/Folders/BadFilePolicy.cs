namespace Ddpm;

/// <summary>What becomes of files that should be images and are none, or are damaged.</summary>
public enum BadFilePolicy
{
    /// <summary>Nothing is read; one exception names them all.</summary>
    Refuse,
    /// <summary>They are left out, and reported.</summary>
    Skip,
}
