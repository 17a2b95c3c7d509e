using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Ddpm.Samples;

/// <summary>Markup whose parts in braces are escaped.</summary>
[InterpolatedStringHandler]
internal readonly struct HtmlText(int literalLength, int formattedCount)
{
    private readonly StringBuilder text = new(literalLength + 16 * formattedCount);

    public string Text => text.ToString();

    public void AppendLiteral(string markup) => text.Append(markup);

    public void AppendFormatted<T>(T value, string? format = null) => text.Append(value is Html html
        ? html.ToString()
        : Html.Escape(value is IFormattable number ? number.ToString(format, CultureInfo.InvariantCulture) : value?.ToString() ?? ""));
}
