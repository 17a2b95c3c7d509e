using System.CommandLine;
using Ddpm.Samples.WebStudio;

namespace Ddpm.Samples;

/// <summary>A page in the browser that shows denoising while it happens: ASP.NET Core, the models as services, events from the server.</summary>
internal static class WebStudioCommand
{
    public static Command Make()
    {
        var weights = new ModelsFlag();
        var urls = new UrlsFlag();
        var hosts = new Option<string[]>("--host")
        {
            Description = "A further name that browsers may call the studio by, beside localhost and the bound one. May be given several times.",
            HelpName = "name",
        };
        hosts.Refuse(names => names.FirstOrDefault(name => Uri.CheckHostName(name) == UriHostNameType.Unknown) is { } odd
            ? $"--host must be a name without a port, but is '{odd}'." : null);
        var device = CommonOptions.Device();
        var batchSize = Flag.Whole("--batchsize", "Images that go through the network together, of one request or of several.", 8, most: 256);
        var queue = Flag.Whole("--queue", "Images of each model that may wait; who asks for more is refused.", 64);
        var steps = Flag.Whole("--most_steps", "Steps that a request may ask for.", 1000);
        var rate = Flag.Whole("--rate", "Requests for images that one client may send a minute.", 120);
        var upload = Flag.Whole("--upload", "Kilobytes of an uploaded picture and all that comes with it.", 8192, most: 65_536);
        var telemetry = Flag.OneOf(
            "--telemetry", "Where measurements and traces go: nowhere, onto the console, or by OTLP to where OTEL_EXPORTER_OTLP_ENDPOINT says.",
            "none", "none", "console", "otlp");
        var command = new Command("webstudio", "Serves a page that shows how models make images, step by step.")
            { weights, urls, hosts, device, batchSize, queue, steps, rate, upload, telemetry };
        command.Does((options, stop) =>
        {
            var studio = new StudioOptions
            {
                Models = weights.Of(options),
                Urls = options.GetRequiredValue(urls),
                Hosts = options.GetValue(hosts) ?? [],
                Device = options.GetRequiredValue(device).ToString(),
                BatchSize = options.GetRequiredValue(batchSize),
                QueueLimit = options.GetRequiredValue(queue),
                MostSteps = options.GetRequiredValue(steps),
                RequestsAMinute = options.GetRequiredValue(rate),
                MostUploadBytes = options.GetRequiredValue(upload) * 1024,
                Telemetry = options.GetRequiredValue(telemetry),
            };
            Studio.RunAsync(studio, address => Console.WriteLine($"The studio is at {address} (Ctrl+C ends it)"), stop).GetAwaiter().GetResult();
        });
        return command;
    }
}
