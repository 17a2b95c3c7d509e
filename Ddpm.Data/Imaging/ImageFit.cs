namespace Ddpm;

/// <summary>How a picture of other proportions comes to a given size.</summary>
public enum ImageFit
{
    /// <summary>
    /// The largest rectangle of the new proportions in the picture's centre is kept, whose edges may lie between pixels; what is beside it is lost.
    /// </summary>
    Crop,
    /// <summary>All of the picture is kept; it is stretched or compressed, and a circle becomes an ellipse.</summary>
    Squash,
}
