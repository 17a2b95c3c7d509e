namespace Ddpm;

/// <summary>What the start of an image file says.</summary>
/// <param name="Width">W as stored, in pixels. What a file claims is not checked here.</param>
/// <param name="Height">H as stored, in pixels.</param>
/// <param name="IsGray">Whether the file has one channel, without colours and transparency.</param>
/// <param name="Orientation">How the stored picture is to be turned: EXIF's tag 0x0112, 1 to 8; 1 is as stored.</param>
public sealed record ImageHeader(int Width, int Height, bool IsGray = false, int Orientation = 1);
