using System.Globalization;

namespace Ddpm.Samples;

/// <summary>The part of the page that tells whether training images come out again.</summary>
internal sealed class MemorisationSection(Memorisation found, IImageDataset images, IImageDataset training)
{
    public Html Draw()
    {
        List<(string, IReadOnlyList<(double, double)>)> curves = [("evaluated images", DistanceCurve.Of(found.Distances))];
        if (found.HeldOut is { } heldOut)
            curves.Add(("held-out real images", DistanceCurve.Of(heldOut)));
        var chart = new LineChart
        {
            Title = "Share of images nearer to a training image than a distance",
            X = "distance to the nearest training image, in feature space",
            Curves = curves,
        };
        return new($"""
            <section aria-labelledby="nearest"><h2 id="nearest">Nearest training images</h2>
            <p>{Verdict()}</p>
            <figure><figcaption>Per cent of images that have a training image nearer than x. Copies of training images would lift the curve at its left end
            {(found.HeldOut is null ? "." : "above that of real images which training did not see.")}</figcaption>{chart.Draw()}</figure>
            {Table("Nearest of all", "The images that are nearest to a training image: if any is a copy, it is here.", found.Suspects)}
            {Table("The first ones", "Not chosen: as many from the beginning.", found.First)}
            </section>
            """);
    }

    private string Verdict()
    {
        var text = string.Create(CultureInfo.InvariantCulture,
            $"Half of {found.Distances.Count:N0} images have a training image nearer than {ReportPage.Number(found.Median)}");
        text += found.HeldOutMedian is { } real
            ? string.Create(CultureInfo.InvariantCulture, $"; of {found.HeldOut!.Count:N0} held-out real images, nearer than {ReportPage.Number(real)}. ")
            : ". There are no held-out images to compare with. ";
        if (found.NearShare is { } share)
            text += string.Create(CultureInfo.InvariantCulture,
                $"{share:P1} of the images are nearer than all but 1 % of the held-out ones; about 1 % would be expected of new images. ");
        return text + (found.Equal == 0 ? "None equals a training image."
            : string.Create(CultureInfo.InvariantCulture, $"{found.Equal:N0} equal a training image."));
    }

    private Html Table(string title, string says, IReadOnlyList<ShownImage> rows)
    {
        if (rows.Count == 0)
            return new();
        var (features, pixels) = (rows.Max(row => row.ByFeatures.Count), rows.Max(row => row.ByPixels.Count));
        return new Html($"""
            <h3>{title}</h3><p class="quiet">{says}</p>
            <div class="scroll" tabindex="0" role="region" aria-label="{title}"><table class="near"><thead><tr><th scope="col">Image</th>
            <th scope="col" class="begins" colspan="{features}">Nearest in feature space</th>
            <th scope="col" class="begins" colspan="{pixels}">Nearest by pixels</th></tr></thead><tbody>

            """).Each(rows, row => new Html(
                $"""<tr><td>{PagePicture.Of(images, row.Index, ReportPage.Named(images, row.Index, "Image"))}<span>{row.Index}</span></td>""")
            .Each(row.ByFeatures.Index(), Cell).Each(row.ByPixels.Index(), Cell).Add($"</tr>\n"))
            .Add($"</tbody></table></div>");
    }

    private Html Cell((int Place, Neighbour Near) each) => new($"""
        <td{(each.Place == 0 ? Html.Raw(" class=\"begins\"") : new Html())}>{PagePicture.Of(
            training, each.Near.Index, ReportPage.Named(training, each.Near.Index, "Training image"))}<span>{ReportPage.Number(each.Near.Distance)}</span></td>
        """);
}
