namespace Ddpm.Evaluation;

/// <summary>Resizes one channel of an image, from a size to another that both are fixed.</summary>
internal interface IPlaneResize
{
    /// <param name="plane">H rows of W numbers.</param>
    /// <param name="target">The new rows; all of it is written.</param>
    void Resize(ReadOnlySpan<float> plane, Span<float> target);
}
