using Microsoft.Playwright;

namespace Ddpm.Tests.Samples.WebStudio;

/// <summary>The page, driven in a real browser.</summary>
[NonParallelizable]
public class StudioPageTests
{
    private StudioUnderTest studio = null!;
    private IPlaywright playwright = null!;
    private IBrowser browser = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        InstalledChromium.Find();
        studio = await StudioUnderTest.StartAsync();
        playwright = await Playwright.CreateAsync();
        browser = await InstalledChromium.LaunchAsync(playwright);
    }

    [OneTimeTearDown]
    public async Task End()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        playwright?.Dispose();
        if (studio is not null)
            await studio.DisposeAsync();
    }

    [Test]
    public async Task Generate_ShowsFrames_AndTheSliderLeadsBack()
    {
        await using var open = await StudioPage.OpenAsync(browser, studio.Address);
        var page = open.Page;
        await open.GenerateAsync("ddim", 8, 7);
        await open.SaysAsync("Done: seed 7.");
        var slider = page.GetByLabel("Step", new() { Exact = true }).Locator("visible=true");
        Assert.That(await slider.InputValueAsync(), Is.EqualTo("8"));
        var image = page.GetByAltText("Noisy image 1").Locator("visible=true");
        var last = await image.GetAttributeAsync("src");
        Assert.That(last, Is.EqualTo("data:image/png;base64," + Convert.ToBase64String(
            (await studio.ImagesAsync("/api/generate", new { sampler = "ddim", steps = 8, seed = 7, label = 0, guidance = 2 }))[0])));

        // By the keyboard alone.
        await slider.FocusAsync();
        await page.Keyboard.PressAsync("Home");
        Assert.That(await slider.GetAttributeAsync("aria-valuetext"), Does.StartWith("step 1 of 8, t = "));
        Assert.That(await image.GetAttributeAsync("src"), Is.Not.EqualTo(last));
        await page.Keyboard.PressAsync("End");
        Assert.That(await image.GetAttributeAsync("src"), Is.EqualTo(last));

        var download = await page.RunAndWaitForDownloadAsync(() => open.Button("Save PNG").ClickAsync());
        Assert.That(download.SuggestedFilename, Is.EqualTo("ddpm-7.png"));
        await using var saved = await download.CreateReadStreamAsync();
        Assert.That(Picture.Read(saved).Shape, Is.EqualTo(new ImageShape(3, 16, 16)));
        await open.ShotAsync("generate");
        Assert.That(open.Odd, Is.Empty);
    }
}
