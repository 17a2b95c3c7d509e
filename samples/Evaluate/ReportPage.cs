using System.Globalization;

namespace Ddpm.Samples;

/// <summary>
/// The evaluation as one page that opens by itself: pictures and style are in it, it has no script, and its policy lets nothing be fetched.
/// </summary>
/// <param name="result">What was found.</param>
/// <param name="images">The evaluated images.</param>
/// <param name="training">The training images; null: there are none.</param>
internal sealed class ReportPage(EvaluationResult result, IImageDataset images, IImageDataset? training)
{
    private const string Policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
    private const int MostInGrid = 96;

    public string Text() => new Html($"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="{Policy}">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{Title}</title>
        <style>
        {Html.Raw(PageStyle.Css)}
        </style>
        </head>
        <body>
        <header>
        <h1>{Title}</h1>
        <p>{Said(result.Evaluated)}, compared with {Said(result.Reference)}.</p>
        {Figures()}
        </header>
        <main>
        {Measures()}
        {Grid()}
        {Nearest()}
        {Loss()}
        {Bits()}
        {Facts()}
        </main>
        <footer>{result.Program}, {result.Date:yyyy-MM-dd HH:mm} UTC. The same figures for programs are in evaluation.json, and docs/evaluation.md says what each means.</footer>
        </body>
        </html>

        """).ToString();

    private string Title => $"Evaluation of {result.Evaluated.Name}";

    private Html Figures() => new Html($"""<dl class="figures">""").Each(
        result.Measures.Where(each => each.Key is "frechet" or "kernel" or "precision" or "recall").Select(each => (each.Name, Number(each.Value),
            Spread(each.Spread)))
        .Concat(result.Bits is { } bits ? [("Bits per dimension", Number(bits.Mean), Spread(bits.Spread))] : []),
        each => new($"<div><dt>{each.Item1}</dt><dd>{each.Item2}<small>{each.Item3}</small></dd></div>\n")).Add($"</dl>");

    private Html Measures()
    {
        var real = result.Measures.Any(each => each.OfRealImages is not null);
        return new Html($"""
            <section aria-labelledby="measures"><h2 id="measures">Measures</h2>
            <p>Features: {result.Features.Name}, {result.Features.Width} numbers an image. A value is only comparable with values of the same features,
            the same number of images and the same reference.</p>
            <div class="scroll" tabindex="0" role="region" aria-labelledby="measures"><table class="measures"><thead><tr><th scope="col">Measure</th><th scope="col" class="number">Value</th>
            <th scope="col" class="number">Spread</th>{(real ? new Html($"""<th scope="col" class="number">Real images</th>""") : new Html())}
            <th scope="col">Made from</th></tr></thead><tbody>

            """).Each(result.Measures, each => new($"""
            <tr><th scope="row">{each.Name} {(each.LessIsBetter ? "↓" : "↑")}</th><td class="number">{Number(each.Value)}</td>
            <td class="number">{(each.Spread is null ? "" : Spread(each.Spread))}</td>
            {(real ? new Html($"""<td class="number">{(each.OfRealImages is { } floor ? Number(floor) : "")}</td>""") : new Html())}
            <td>{each.Note}</td></tr>

            """)).Add($"""
            </tbody></table></div>
            <p class="quiet">↓: less is better; ↑: more is. {(real ? "Real images: the same measure of held-out images, which is what a perfect model would get. " : "")}
            With few images a Fréchet distance is too high, and shares depend on both numbers of images.</p></section>
            """);
    }

    private Html Grid()
    {
        var shown = Math.Min(MostInGrid, images.Count);
        return new Html($"""
            <section aria-labelledby="images"><h2 id="images">Images</h2>
            <figure><figcaption>The first {shown} of {images.Count:N0}, in the order in which they were {(result.Sampling is null ? "read" : "drawn")}: none is chosen.</figcaption>
            <div class="grid">

            """).Each(Enumerable.Range(0, shown), index => PagePicture.Of(images, index, Named(images, index, "Image")))
            .Add($"</div></figure></section>");
    }

    private Html Nearest() => result.Memorisation is { } found && training is not null
        ? new MemorisationSection(found, images, training).Draw()
        : new();

    private Html Loss()
    {
        if (result.Loss is not { } loss)
            return new();
        List<(string, IReadOnlyList<(double, double)>)> curves = [(loss.HeldOut is null ? "training images" : "held-out images", Points(loss.HeldOut ?? loss.Training))];
        if (loss.HeldOut is not null)
            curves.Add(("training images", Points(loss.Training)));
        var chart = new LineChart { Title = "Loss by step t", X = "t", Curves = curves, IsLogarithmic = true };
        return new($"""
            <section aria-labelledby="loss"><h2 id="loss">Loss by step</h2>
            <figure><figcaption>Mean squared error of what the network predicts, for {loss.Images:N0} images, at each of {loss.Steps.Count} steps.
            Small t is little noise. Held-out images far above training images would mean overfitting.</figcaption>
            {chart.Draw()}</figure></section>
            """);

        IReadOnlyList<(double, double)> Points(IReadOnlyList<double> losses) => [.. loss.Steps.Zip(losses, (t, value) => ((double)t, value))];
    }

    private Html Bits()
    {
        if (result.Bits is not { } bits)
            return new();
        var chart = new LineChart
        {
            Title = "Bits by step t",
            X = "t",
            Curves = [("bits of the step", [.. bits.Terms.OrderBy(term => term.T).Select(term => (term.T, term.Bits))])],
            IsLogarithmic = true,
        };
        var data = bits.Terms.MinBy(term => term.T);
        return new($"""
            <section aria-labelledby="bits"><h2 id="bits">Bits per dimension</h2>
            <p>{Number(bits.Mean)} bits a value ({Spread(bits.Spread)}), a bound on how well the model compresses {bits.Images:N0}
            {(bits.HeldOut ? "held-out" : "training")} images: {Number(data.Bits)} for the last step to the data, {Number(bits.Prior)} for the prior,
            and the rest for the {bits.Terms.Count - 1} steps between.</p>
            <figure>{chart.Draw()}</figure></section>
            """);
    }

    private Html Facts()
    {
        List<(string Name, string? Value)> facts =
        [
            ("Evaluated", Said(result.Evaluated)), ("Image size", result.Evaluated.Shape),
            ("Reference", Said(result.Reference)),
            ("Features", result.Features.Name), ("Version of features", result.Features.Version), ("Resized by", result.Features.Resize),
            ("Sampler", Words(result.Sampling?.Sampler)), ("Guidance", result.Sampling?.Guidance?.ToString(CultureInfo.InvariantCulture)),
            ("Seed", result.Sampling?.Seed.ToString(CultureInfo.InvariantCulture)),
            ("Classes", result.Sampling is { Classes: > 0 and var classes } ? $"{classes}, in turn" : null),
            ("Weights", result.Sampling is { } drawn ? $"sha256:{drawn.Weights}" : null),
            ("Device", result.Device), ("Library", result.Program),
        ];
        return new Html($"""<section aria-labelledby="facts"><h2 id="facts">What was compared with what</h2><div class="scroll" tabindex="0" role="region" aria-labelledby="facts"><table class="facts"><tbody>""")
            .Each(facts.Where(fact => fact.Value is not null), fact => new($"""<tr><th scope="row">{fact.Name}</th><td>{fact.Value}</td></tr>"""))
            .Add($"</tbody></table></div></section>");
    }

    private static string Said(ImagesUsed images) => string.Create(CultureInfo.InvariantCulture,
        $"{(images.Count is { } count ? $"{count:N0} images of " : "")}{images.Name}{(images.Split is null ? "" : $", {images.Split}")}");

    // Records write themselves as "Name { Property = value, ... }".
    private static string? Words(string? record) => record?.Replace(" { ", ": ", StringComparison.Ordinal).Replace(" }", "", StringComparison.Ordinal);

    /// <summary>An image in words.</summary>
    internal static string Named(IImageDataset images, int index, string kind) =>
        images.Labels is { } labels ? $"{kind} {index}, {images.ClassNames?[labels[index]] ?? $"class {labels[index]}"}" : $"{kind} {index}";

    internal static string Number(double value) => value.ToString(Math.Abs(value) is >= 1000 ? "N0" : "G4", CultureInfo.InvariantCulture);

    internal static string Spread(double? spread) => spread is { } some ? $"± {some.ToString("G2", CultureInfo.InvariantCulture)}" : "";
}
