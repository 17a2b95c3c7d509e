namespace Ddpm.Imaging;

/// <summary>Makes something of a decoded image while its memory lasts.</summary>
internal delegate T UseOfImage<out T>(RgbaImage image);
