using System.Net;
using System.Text;

namespace Ddpm.Samples;

/// <summary>A page in the making. Whatever is put into a text by braces is escaped, unless it is <see cref="Html"/> itself: names of files and
/// classes can hold anything.</summary>
internal sealed class Html
{
    private readonly StringBuilder text = new();

    public Html()
    {
    }

    public Html(HtmlText text) => Add(text);

    /// <summary>Adds markup; what stands in braces is escaped, and numbers are written in one way in every culture.</summary>
    public Html Add(HtmlText markup)
    {
        text.Append(markup.Text);
        return this;
    }

    /// <summary>Adds something for each of several.</summary>
    public Html Each<T>(IEnumerable<T> items, Func<T, Html> markup)
    {
        foreach (var item in items)
            text.Append(markup(item).text);
        return this;
    }

    /// <summary>Markup that is written in this program; nothing else may come here.</summary>
    public static Html Raw(string markup)
    {
        var html = new Html();
        html.text.Append(markup);
        return html;
    }

    /// <summary>A text as it must stand between tags or in a quoted attribute.</summary>
    public static string Escape(string text) => WebUtility.HtmlEncode(text);

    public override string ToString() => text.ToString();
}
