namespace Ddpm;

/// <summary>The outlines that <see cref="ShapesReader"/> draws.</summary>
internal enum ShapeKind
{
    Circle,
    Square,
    Triangle,
}
