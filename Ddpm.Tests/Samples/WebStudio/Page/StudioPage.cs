using System.Globalization;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Ddpm.Tests.Samples.WebStudio.Page;

/// <summary>The studio's page in a browser, of which everything odd is kept: messages on the console, and requests to elsewhere.</summary>
internal sealed class StudioPage : IAsyncDisposable
{
    private readonly IBrowserContext context;
    private readonly List<string> odd = [];

    private StudioPage(IBrowserContext context, IPage page, Uri address)
    {
        (this.context, Page) = (context, page);
        page.Console += (_, message) => Keep(message.Type is "error" or "warning", message.Text);
        page.PageError += (_, error) => Keep(true, error);
        page.Request += (_, request) => Keep(!request.Url.StartsWith(address.AbsoluteUri, StringComparison.Ordinal)
            && !request.Url.StartsWith("data:image/png;base64,", StringComparison.Ordinal)
            && !request.Url.StartsWith($"blob:{address.GetLeftPart(UriPartial.Authority)}/", StringComparison.Ordinal), request.Url);
    }

    internal IPage Page { get; }

    /// <summary>What should not have happened.</summary>
    internal IReadOnlyList<string> Odd
    {
        get
        {
            lock (odd)
                return [.. odd];
        }
    }

    internal static async Task<StudioPage> OpenAsync(IBrowser browser, Uri address, BrowserNewContextOptions? options = null)
    {
        var context = await browser.NewContextAsync(options);
        context.SetDefaultTimeout(30_000);
        var page = new StudioPage(context, await context.NewPageAsync(), address);
        await page.Page.GotoAsync(address.AbsoluteUri);
        await page.SaysAsync("Ready.");
        return page;
    }

    /// <summary>Waits until the status begins so.</summary>
    internal Task SaysAsync(string text) => Page.Locator("#status").Filter(new() { HasTextString = text }).WaitForAsync();

    internal ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true }).Locator("visible=true");

    /// <summary>The slider through the steps.</summary>
    internal ILocator Slider => Page.GetByRole(AriaRole.Slider, new() { Name = "Step", Exact = true }).Locator("visible=true");

    internal Task OpenTabAsync(string name) => Page.GetByRole(AriaRole.Tab, new() { Name = name }).ClickAsync();

    internal async Task GenerateAsync(string sampler, int steps, int seed)
    {
        await Page.GetByRole(AriaRole.Combobox, new() { Name = "Sampler", Exact = true }).SelectOptionAsync(sampler);
        await Page.GetByRole(AriaRole.Spinbutton, new() { Name = "Steps", Exact = true }).FillAsync(steps.ToString(CultureInfo.InvariantCulture));
        await Page.GetByRole(AriaRole.Spinbutton, new() { Name = "Seed", Exact = true }).FillAsync(seed.ToString(CultureInfo.InvariantCulture));
        await Button("Generate").ClickAsync();
    }

    /// <summary>What axe says against the page as it is.</summary>
    internal async Task<string[]> ViolationsAsync() =>
    [
        .. (await Page.RunAxe()).Violations.Select(each =>
            $"{each.Id}: {each.Help}: {string.Join("; ", each.Nodes.Select(node => node.Html))}"),
    ];

    /// <summary>Keeps a picture of the page to look at, where DDPM_SCREENSHOTS names a folder.</summary>
    internal async Task ShotAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("DDPM_SCREENSHOTS") is { Length: > 0 } folder)
            await Page.ScreenshotAsync(new()
                { Path = Path.Combine(folder, name + ".png"), FullPage = true, Animations = ScreenshotAnimations.Disabled });
    }

    public async ValueTask DisposeAsync() => await context.DisposeAsync();

    private void Keep(bool isOdd, string what)
    {
        if (isOdd)
            lock (odd)
                odd.Add(what);
    }
}
