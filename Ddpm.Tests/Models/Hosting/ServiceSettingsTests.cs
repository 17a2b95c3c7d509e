using Ddpm.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Ddpm.Tests.Models.Hosting;

/// <summary>How services are registered, and what settings are refused.</summary>
public class ServiceSettingsTests
{
    private static Diffusion Model() => ServiceApp.Model(new GateDenoiser());

    [Test]
    public async Task Services_OfNames_AreAskedForByKey_AndTheOneWithoutByNone()
    {
        await using var app = new ServiceCollection()
            .AddDiffusion(options => options.Create = _ => Model())
            .AddDiffusion("faces", options => options.Create = _ => Model())
            .AddDiffusion("Faces", options => options.Create = _ => Model())
            .BuildServiceProvider();
        var all = new[] { app.GetRequiredService<IDiffusionService>() }
            .Concat(((string[])["", "faces", "Faces"]).Select(name => app.GetRequiredKeyedService<IDiffusionService>(name))).ToArray();
        Assert.Multiple(() =>
        {
            Assert.That(all.Select(service => service.Name), Is.EqualTo((string[])["", "", "faces", "Faces"]));
            Assert.That(all[0], Is.SameAs(all[1]));
            Assert.That(app.GetKeyedService<IDiffusionService>("cats"), Is.Null);
        });
        Assert.That((await all[2].GenerateAsync(new())).Count, Is.EqualTo(1));
    }

    [Test]
    public void Model_OfTheSameName_IsRefused()
    {
        var services = new ServiceCollection().AddDiffusion("a", _ => { }).AddDiffusion(_ => { });
        Assert.That(() => services.AddDiffusion("a", _ => { }), Throws.ArgumentException.With.Message.Contains("there are two 'a'"));
        Assert.That(() => services.AddDiffusion(_ => { }), Throws.ArgumentException.With.Message.Contains("two have none"));
    }

    [Test]
    public void Settings_WithSeveralFaults_AreRefusedByOneMessageAtTheStart()
    {
        using var host = Host(services => services.AddDiffusion("faces", options =>
        {
            options.Model = "/not/here";
            options.Sampler = "magic";
            options.Device = "abacus";
            options.BatchSize = 0;
            options.QueueLimit = 4;
            options.MostSteps = -1;
            options.StuckAfter = TimeSpan.Zero;
            options.FinishWithin = TimeSpan.FromSeconds(-1);
        }));
        var refused = Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync())!;
        foreach (var fault in (string[])[
            "Diffusion 'faces': Model must be a file or a folder, but there is none at '/not/here'.",
            "A sampler must be one of ddpm,", "but is 'magic'",
            "A device must be cpu, cuda, mps or one of these with a number, as cuda:1, but is 'abacus'.",
            "BatchSize must be at least 1, but is 0.", $"MostSteps must be at least 1, but is {-1}.",
            "MostImages must be at most QueueLimit, but they are 16 and 4.", "StuckAfter must be above 0, but is 00:00:00.",
            "FinishWithin must be at least 0, but is -00:00:01."])
            Assert.That(refused.Message, Does.Contain(fault));
    }

    [Test]
    public void Settings_OfNothing_SayWhatIsMissing()
    {
        using var host = Host(services => services.AddDiffusion(_ => { }));
        var refused = Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync())!;
        Assert.That(refused.Message, Is.EqualTo("Diffusion: Model or Create must be given, and not both, but neither is."));
    }

    [Test]
    public void Steps_WithoutASampler_OrTooMany_AreRefused()
    {
        Assert.That(
            Faults(options => options.Steps = 5), Is.EqualTo((string[])["Diffusion 'a': Steps must have a Sampler whose they are, but there are 5 and no sampler."]));
        Assert.That(
            Faults(options => (options.Sampler, options.Steps, options.MostSteps) = ("ddim", 20, 10)),
            Is.EqualTo((string[])["Diffusion 'a': Steps must be at most MostSteps, but they are 20 and 10."]));
        Assert.That(Faults(options => (options.Sampler, options.Steps) = ("ddim", 0)).Single(), Does.Contain("0"));
        Assert.That(Faults(options => options.Device = null!), Is.EqualTo((string[])["Diffusion 'a': Device must be given, but is not."]));
    }

    [Test]
    public async Task Configuration_HasAllSettings()
    {
        using var folder = new TemporaryFolder();
        var model = Path.Combine(folder.Path, "model");
        using (var network = new UNet(UNetOptions.Tiny))
        using (var diffusion = new DiffusionBuilder().WithDenoiser(network).Build())
            diffusion.Save(model);
        await using var app = new ServiceCollection().AddDiffusion("faces", Section(new()
        {
            ["Model"] = model, ["sampler"] = "ddim", ["Steps"] = "7", ["Device"] = "cpu", ["BatchSize"] = "3", ["QueueLimit"] = "20",
            ["MostImages"] = "5", ["MostSteps"] = "30", ["StuckAfter"] = "00:01:30", ["FinishWithin"] = "00:00:05",
        })).BuildServiceProvider();
        var options = app.GetRequiredService<IOptionsMonitor<DiffusionServiceOptions>>().Get("faces");
        Assert.Multiple(() =>
        {
            Assert.That((options.Model, options.Sampler, options.Steps, options.Device), Is.EqualTo((model, "ddim", 7, "cpu")));
            Assert.That((options.BatchSize, options.QueueLimit, options.MostImages, options.MostSteps), Is.EqualTo((3, 20, 5, 30)));
            Assert.That((options.StuckAfter, options.FinishWithin), Is.EqualTo((TimeSpan.FromSeconds(90), TimeSpan.FromSeconds(5))));
        });
        var service = app.GetRequiredKeyedService<IDiffusionService>("faces");
        Assert.That(await service.GetModelAsync(), Is.EqualTo(new DiffusionModelInfo(UNetOptions.Tiny.Image, 1000, null, null, false, "cpu")));
        Assert.That((await service.GenerateAsync(new() { Count = 2 })).Count, Is.EqualTo(2));
    }

    [Test]
    public void Configuration_ThatCannotBeRead_IsReportedWithAllElse()
    {
        using var app = new ServiceCollection().AddDiffusion("faces", Section(new()
        {
            ["BatchSize"] = "many", ["QueueLimit"] = "1,000", ["StuckAfter"] = "soon", ["Modle"] = "x", ["Sampler"] = "magic", ["Device:Kind"] = "cpu",
        })).BuildServiceProvider();
        var refused = Assert.Throws<OptionsValidationException>(() => app.GetRequiredKeyedService<IDiffusionService>("faces"))!;
        foreach (var fault in (string[])[
            "'Diffusion:faces:BatchSize' must be a whole number, but is 'many'.", "'Diffusion:faces:QueueLimit' must be a whole number, but is '1,000'.",
            "'Diffusion:faces:StuckAfter' must be a time as 00:00:20, but is 'soon'.", "'Diffusion:faces:Modle' must be one of BatchSize, Device, ",
            "'Diffusion:faces:Device' must have a value.", "but is 'magic'", "Model or Create must be given, and not both, but neither is."])
            Assert.That(refused.Message, Does.Contain(fault));
    }

    [Test]
    public void Configuration_OfNothing_IsAFault()
    {
        using var app = new ServiceCollection().AddDiffusion(Section([])).BuildServiceProvider();
        Assert.That(
            () => app.GetRequiredService<IDiffusionService>(),
            Throws.InstanceOf<OptionsValidationException>().With.Message.Contains("Its section 'Diffusion:faces' of the configuration is empty."));
    }

    private static IHost Host(Action<IServiceCollection> configure)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        configure(builder.Services);
        return builder.Build();
    }

    private static IConfiguration Section(Dictionary<string, string?> settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"Diffusion:faces:{setting.Key}", setting.Value)))
        .Build().GetSection("Diffusion:faces");

    private static IEnumerable<string> Faults(Action<DiffusionServiceOptions> configure)
    {
        var options = new DiffusionServiceOptions { Create = _ => Model() };
        configure(options);
        return new DiffusionServiceRules().Validate("a", options).Failures ?? [];
    }
}
