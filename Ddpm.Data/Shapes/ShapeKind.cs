namespace Ddpm;

/// <summary>The outlines of the generated data set.</summary>
internal enum ShapeKind
{
    Circle,
    Square,
    Triangle,
}
