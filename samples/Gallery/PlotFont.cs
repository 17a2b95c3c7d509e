using SkiaSharp;

namespace Ddpm.Samples;

/// <summary>
/// The font for ScottPlot. SkiaSharp's library for Linux without dependencies does not look for the system's fonts, and a plot would have no numbers:
/// there, a font file is named.
/// </summary>
internal static class PlotFont
{
    private static readonly string[] Folders = ["/usr/share/fonts", "/usr/local/share/fonts"];

    /// <summary>Its name; null where there is none.</summary>
    public static string? Name { get; } = OfTheSystem() ?? OfAFile();

    private static string? OfTheSystem()
    {
        using var usual = SKTypeface.FromFamilyName(ScottPlot.Fonts.Default);
        using var font = new SKFont(usual);
        return font.ContainsGlyph('0') ? ScottPlot.Fonts.Default : null;
    }

    private static string? OfAFile()
    {
        const string Own = "a font file";
        var files = Folders.Where(Directory.Exists).SelectMany(folder => Directory.EnumerateFiles(folder, "*.ttf", SearchOption.AllDirectories));
        // A plain sans serif, if there is one.
        if (files.OrderBy(Path.GetFileName, StringComparer.Ordinal).MinBy(file => Path.GetFileName(file) is "DejaVuSans.ttf" ? 0 : 1) is not { } path)
            return null;
        ScottPlot.Fonts.AddFontFile(Own, path);
        return Own;
    }
}
