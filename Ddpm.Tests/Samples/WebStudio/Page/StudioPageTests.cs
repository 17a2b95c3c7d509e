using Ddpm.Tests.Models.Hosting;
using Microsoft.Playwright;

namespace Ddpm.Tests.Samples.WebStudio.Page;

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
        var slider = open.Slider;
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
        using var file = new MemoryStream();
        await saved.CopyToAsync(file);
        Assert.That("data:image/png;base64," + Convert.ToBase64String(file.ToArray()), Is.EqualTo(last));
        await open.ShotAsync("generate");
        Assert.That(open.Odd, Is.Empty);
    }

    [Test]
    public async Task Pause_HoldsThePicture_WhileFramesGoOnComing()
    {
        var gate = new GateDenoiser();
        await using var slow = await StudioUnderTest.StartAsync(gate: gate);
        await using var open = await StudioPage.OpenAsync(browser, slow.Address);
        gate.Close(after: 10);
        await open.GenerateAsync("ddpm", 1000, 1);
        await FramesAsync(open, 10);
        await open.Button("Pause").ClickAsync();
        await ServiceApp.Until(() => gate.Evaluations == 11);
        gate.Close(after: 10);
        await FramesAsync(open, 21);
        Assert.That(await open.Slider.InputValueAsync(), Is.EqualTo("10"));
        await open.Button("Play").ClickAsync();
        Assert.That(await open.Slider.InputValueAsync(), Is.EqualTo(await open.Slider.GetAttributeAsync("max")));
        await open.Button("Cancel").ClickAsync();
        await open.SaysAsync("Cancelled.");
        gate.Open();
        await slow.WaitUntilIdleAsync();
        Assert.That(gate.Evaluations, Is.LessThan(1000));
        Assert.That(open.Odd, Is.Empty);
    }

    [Test]
    public async Task PageThatIsClosed_EndsItsWork()
    {
        var gate = new GateDenoiser();
        await using var slow = await StudioUnderTest.StartAsync(gate: gate);
        gate.Close(after: 10);
        await using (var open = await StudioPage.OpenAsync(browser, slow.Address))
        {
            await open.GenerateAsync("ddpm", 1000, 1);
            await FramesAsync(open, 10);
        }
        for (var i = 0; i < 500 && (await slow.GetAsync("/api/queue"))[0].GetProperty("running").GetInt32() > 0; i++)
        {
            gate.Close(after: 1);
            await Task.Delay(10);
        }
        await slow.WaitUntilIdleAsync();
        Assert.That(gate.Evaluations, Is.LessThan(1000));
        gate.Open();
    }

    [Test]
    public async Task Inpaint_ByTheKeysAlone_FillsWhatWasPainted()
    {
        await using var open = await StudioPage.OpenAsync(browser, studio.Address);
        var page = open.Page;
        await open.GenerateAsync("ddim", 5, 7);
        await open.SaysAsync("Done: seed 7.");
        await page.GetByRole(AriaRole.Tab, new() { Name = "Generate" }).FocusAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        await page.Keyboard.PressAsync("ArrowRight");
        await open.Button("Take the generated image").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await open.SaysAsync("Paint over what shall be made anew.");
        await page.Locator("#canvas").FocusAsync();
        await page.Keyboard.PressAsync("Space");
        await page.Keyboard.PressAsync("ArrowLeft");
        Assert.That(await page.Locator("#canvas-place").TextContentAsync(), Is.EqualTo("Row 9, column 8: painted"));
        await open.Button("Fill").PressAsync("Enter");
        await open.SaysAsync("Done: filled with seed 7.");
        var before = (await studio.ImagesAsync("/api/generate", new { sampler = "ddim", steps = 5, seed = 7, label = 0, guidance = 2 }))[0];
        var after = (await page.Locator("#inpaint-image").GetAttributeAsync("src"))!["data:image/png;base64,".Length..];
        // Row and column 7 to 9, from 0, in each of three planes.
        var (old, filled) = (Picture.Decode(before).Pixels.ToArray(), Picture.Decode(Convert.FromBase64String(after)).Pixels.ToArray());
        var differ = Enumerable.Range(0, old.Length).Where(i => old[i] != filled[i]).Select(i => (Row: i % 256 / 16, Column: i % 16)).ToArray();
        Assert.That(differ, Is.Not.Empty.And.All.Matches<(int Row, int Column)>(at => at is { Row: >= 7 and <= 9, Column: >= 7 and <= 9 }));
        Assert.That(open.Odd, Is.Empty);
    }

    [Test]
    public async Task Inpaint_WithThePointer_PaintsAndErases()
    {
        await using var open = await StudioPage.OpenAsync(browser, studio.Address);
        var page = open.Page;
        await open.OpenTabAsync("Inpaint");
        await open.Button("Take the generated image").ClickAsync();
        await page.Locator("#error").Filter(new() { HasTextString = "There is no generated image yet" }).WaitForAsync();
        await page.SetInputFilesAsync("#inpaint-file", new FilePayload
            { Name = "shape.png", MimeType = "image/png", Buffer = Picture.Of(new ShapesReader(count: 1, size: 64).Read(), 0).EncodePng() });
        await open.SaysAsync("Paint over what shall be made anew.");
        var canvas = page.Locator("#canvas");
        await canvas.ScrollIntoViewIfNeededAsync();
        var box = (await canvas.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + box.Width * 0.3f, box.Y + box.Height * 0.3f);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + box.Width * 0.7f, box.Y + box.Height * 0.6f, new() { Steps = 12 });
        await page.Mouse.UpAsync();
        await page.Mouse.MoveAsync(box.X + box.Width * 0.2f, box.Y + box.Height * 0.9f);
        await open.Button("Fill").ClickAsync();
        await open.SaysAsync("Done: filled");
        await open.ShotAsync("inpaint");
        await open.Button("Clear").ClickAsync();
        await open.Button("Fill").ClickAsync();
        await page.Locator("#error").Filter(new() { HasTextString = "Nothing is painted yet" }).WaitForAsync();
        Assert.That(open.Odd, Is.Empty);
    }

    [Test]
    public async Task HostileFile_IsRefusedInWords_AndThePageGoesOn()
    {
        await using var open = await StudioPage.OpenAsync(browser, studio.Address);
        var page = open.Page;
        await open.OpenTabAsync("Dissolve");
        foreach (var (name, bytes, said) in ((string, byte[], string)[])[
            ("huge.png", StudioRefusalsTests.PngOf(100_000, 100_000), "image must be"),
            ("text.png", "<script>alert(1)</script>"u8.ToArray(), "image must be the file of a picture"),
            ("<img src=x onerror=alert(1)>.png", new byte[9 << 20], "A picture must have at most")])
        {
            await page.SetInputFilesAsync("#forward-file", new FilePayload { Name = name, MimeType = "image/png", Buffer = bytes });
            await page.Locator("#error").Filter(new() { HasTextString = said }).WaitForAsync();
        }
        await page.SetInputFilesAsync("#forward-file", new FilePayload
            { Name = "shape.png", MimeType = "image/png", Buffer = Picture.Of(new ShapesReader(count: 1, size: 64).Read(), 0).EncodePng() });
        await open.SaysAsync("The picture at 10 steps");
        Assert.That(await page.Locator("#filmstrip img").CountAsync(), Is.EqualTo(10));
        Assert.That(await page.Locator("#error").TextContentAsync(), Is.Empty);
        await open.ShotAsync("forward");
        // The browser tells of the two answers of 400.
        Assert.That(open.Odd, Has.Count.EqualTo(2).And.All.Contains("400"));
    }

    [Test]
    public async Task ReducedMotion_ShowsTheImageAndNoFlicker()
    {
        await using var open = await StudioPage.OpenAsync(browser, studio.Address, new() { ReducedMotion = ReducedMotion.Reduce });
        await open.GenerateAsync("ddim", 6, 2);
        await open.SaysAsync("Done: seed 2.");
        Assert.That(await open.Slider.InputValueAsync(), Is.EqualTo("6"));
    }

    // What axe finds, with something in each tab; and nothing is wider than a phone.
    [TestCase(false, true)]
    [TestCase(true, true, Category = "Slow")]
    [TestCase(false, false, Category = "Slow")]
    [TestCase(true, false, Category = "Slow")]
    public async Task Accessibility_IsWithoutViolation(bool isDark, bool isPhone)
    {
        await using var open = await StudioPage.OpenAsync(browser, studio.Address, new()
        {
            ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light,
            ViewportSize = isPhone ? new() { Width = 390, Height = 844 } : new() { Width = 1280, Height = 900 },
        });
        var page = open.Page;
        await open.GenerateAsync("ddim", 4, 1);
        await open.SaysAsync("Done: seed 1.");
        await LookAsync("generate");
        await open.OpenTabAsync("Dissolve");
        await open.Button("Take the generated image").ClickAsync();
        await open.SaysAsync("The picture at 10 steps");
        await LookAsync("forward");
        await open.OpenTabAsync("Inpaint");
        await open.Button("Take the generated image").ClickAsync();
        await open.SaysAsync("Paint over");
        await LookAsync("inpaint");
        await open.OpenTabAsync("Interpolate");
        await page.GetByRole(AriaRole.Spinbutton, new() { Name = "Steps", Exact = true }).FillAsync("0");
        await open.Button("Interpolate").ClickAsync();
        await page.Locator("#error").Filter(new() { HasTextString = "steps must be" }).WaitForAsync();
        Assert.That(await page.Locator("[name=steps]").GetAttributeAsync("aria-invalid"), Is.EqualTo("true"));
        await LookAsync("refused");

        async Task LookAsync(string name)
        {
            await open.ShotAsync($"{name}-{(isDark ? "dark" : "light")}-{(isPhone ? "phone" : "wide")}");
            Assert.That(await open.ViolationsAsync(), Is.Empty, name);
            Assert.That(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), $"{name} is wider than the window");
        }
    }

    [Test]
    public async Task Theme_OfTheSwitch_WinsAndIsKept()
    {
        await using var open = await StudioPage.OpenAsync(browser, studio.Address, new() { ColorScheme = ColorScheme.Light });
        var page = open.Page;
        Task<string> GroundAsync() => page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
        var light = await GroundAsync();
        await page.GetByLabel("Colours").SelectOptionAsync("dark");
        var dark = await GroundAsync();
        Assert.That(dark, Is.Not.EqualTo(light));
        await page.ReloadAsync();
        await open.SaysAsync("Ready.");
        Assert.That(await GroundAsync(), Is.EqualTo(dark));
        await page.GetByLabel("Colours").SelectOptionAsync("");
        Assert.That(await GroundAsync(), Is.EqualTo(light));
    }

    private static async Task FramesAsync(StudioPage open, int least) => await open.Page.WaitForFunctionAsync(
        "least => Number(document.querySelector('#generate .scrub input').max) >= least", least);
}
