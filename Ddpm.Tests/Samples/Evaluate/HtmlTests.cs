using Ddpm.Samples;

namespace Ddpm.Tests.Samples.Evaluate;

public class HtmlTests
{
    [TestCase("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;")]
    [TestCase("\" onerror=\"x", "&quot; onerror=&quot;x")]
    [TestCase("' onload='x", "&#39; onload=&#39;x")]
    [TestCase("a & b &lt;", "a &amp; b &amp;lt;")]
    [TestCase(null, "")]
    public void Add_OfATextInBraces_EscapesIt(string? text, string expected) =>
        Assert.That($"{new Html($"<p title=\"{text}\">{text}</p>")}", Is.EqualTo($"<p title=\"{expected}\">{expected}</p>"));

    [Test]
    public void Add_OfMarkup_KeepsIt() => Assert.That(
        $"{new Html($"<ul>").Each(["<", ">"], item => new($"<li>{item}</li>")).Add($"{new Html($"<b>{"&"}</b>")}</ul>")}",
        Is.EqualTo("<ul><li>&lt;</li><li>&gt;</li><b>&amp;</b></ul>"));

    [Test, SetCulture("tr-TR")]
    public void Add_OfANumber_IsTheSameInEveryCulture() => Assert.That($"{new Html($"{1.5:F2} {-0.25} {1234567:N0}")}", Is.EqualTo("1.50 -0.25 1,234,567"));
}
