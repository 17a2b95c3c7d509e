using System.Diagnostics;
using System.Text.RegularExpressions;
using Ddpm.Tests.Models.Hosting;

namespace Ddpm.Tests.Models.Telemetry;

/// <summary>What the library tells those who listen, and that it tells nobody else. The meter is one for all, so that nothing runs beside these.</summary>
[NonParallelizable]
public partial class TelemetryTests
{
    [Test]
    public void Sample_TellsOfItsStepsAndImages()
    {
        using var diffusion = ServiceApp.Model(new GateDenoiser());
        using var caller = new Activity("caller").Start();
        using var heard = new Heard();
        using (diffusion.Sample(5, new() { BatchSize = 3 }))
        {
        }
        Assert.Multiple(() =>
        {
            Assert.That(heard.Sum("ddpm.sampling.steps"), Is.EqualTo(10));
            Assert.That(heard.Sum("ddpm.sampling.images"), Is.EqualTo(5));
            Assert.That(heard.Measured.Count(each => each.Name == "ddpm.sampling.duration" && each.Value >= 0), Is.EqualTo(2));
            Assert.That(heard.Measured.Select(each => (each.Tags["ddpm.sampler"], each.Tags["ddpm.device"])), Is.All.EqualTo(("DdimSampler", "cpu")));
            Assert.That(heard.Measured.Select(each => each.Tags.Keys), Has.None.Contain("error.type"));
            Assert.That(heard.Activities.Select(each => each.OperationName), Is.EqualTo((string[])["ddpm.sample", "ddpm.sample"]));
            Assert.That(heard.Activities.Select(each => each.GetTagItem("ddpm.images")), Is.EqualTo((int[])[3, 2]));
            Assert.That(heard.Activities.Select(each => each.ParentSpanId), Is.All.EqualTo(caller.SpanId));
            Assert.That(Activity.Current, Is.SameAs(caller));
        });
    }

    [Test]
    public void Stream_ThatIsLeft_OrFails_SaysSo_AndLeavesTheCallersActivity()
    {
        var network = new GateDenoiser();
        using var diffusion = ServiceApp.Model(network);
        using var heard = new Heard();
        using var caller = new Activity("caller").Start();
        foreach (var frame in diffusion.Stream())
        {
            frame.Dispose();
            Assert.That(Activity.Current, Is.SameAs(caller));
            break;
        }
        network.Fault = new InvalidOperationException();
        Assert.That(() => diffusion.Sample(), Throws.InvalidOperationException);
        Assert.Multiple(() =>
        {
            Assert.That(heard.Activities.Select(each => each.GetTagItem("error.type")), Is.EqualTo((string[])["stopped", "System.InvalidOperationException"]));
            Assert.That(heard.Activities.Select(each => each.Status), Is.All.EqualTo(ActivityStatusCode.Error));
            Assert.That(
                heard.Measured.Where(each => each.Name == "ddpm.sampling.duration").Select(each => each.Tags["error.type"]),
                Is.EqualTo((string[])["stopped", "System.InvalidOperationException"]));
            Assert.That((heard.Sum("ddpm.sampling.steps"), heard.Sum("ddpm.sampling.images")), Is.EqualTo((1, 0)));
            Assert.That(Activity.Current, Is.SameAs(caller));
        });
    }

    [Test]
    public void Train_TellsOfItsStepsImagesAndLoss()
    {
        using var network = new TinyNetwork();
        using var diffusion = new DiffusionBuilder().WithDenoiser(network, new ImageShape(3, 4, 4)).WithLinearSchedule(100).Build();
        using var heard = new Heard();
        var losses = new List<double>();
        diffusion.Train(
            new TrainingOptions { Steps = 4, BatchSize = 2 }, new ImageDataset(new ImageShape(3, 4, 4), new byte[4 * 48]),
            new Direct<TrainingProgress>(each => losses.Add(each.Loss)));
        Assert.Multiple(() =>
        {
            Assert.That((heard.Sum("ddpm.training.steps"), heard.Sum("ddpm.training.images"), heard.Sum("ddpm.training.skipped_steps")), Is.EqualTo((4, 8, 0)));
            Assert.That(heard.Measured.Where(each => each.Name == "ddpm.training.loss").Select(each => each.Value), Is.EqualTo(losses));
            Assert.That(heard.One("ddpm.train").GetTagItem("ddpm.training.last_step"), Is.EqualTo(4));
            Assert.That(heard.One("ddpm.train").Status, Is.EqualTo(ActivityStatusCode.Unset));
        });
    }

    [Test]
    public async Task Request_OfAService_LinksToTheBatchThatMadeIt()
    {
        var network = new GateDenoiser();
        await using var app = ServiceApp.Of(network, options => (options.QueueLimit, options.MostImages) = (8, 8));
        await app.Service.GetModelAsync();
        using var heard = new Heard();
        network.Close();
        var first = app.Service.GenerateAsync(new());
        await ServiceApp.Until(() => network.Evaluations == 1);
        using var caller = new Activity("caller").Start();
        var second = app.Service.GenerateAsync(new() { Count = 3 });
        var third = app.Service.GenerateAsync(new() { Count = 2 });
        Assert.That(Activity.Current, Is.SameAs(caller));
        Assert.That(heard.Sum("ddpm.queue.images"), Is.EqualTo(5));
        network.Open();
        await Task.WhenAll(first, second, third);
        await app.Service.RunAsync((_, _) => 0);
        await ServiceApp.Until(() => heard.Activities.Count(each => each.OperationName == "ddpm.request") == 4);

        var requests = heard.Activities.Where(each => each.OperationName == "ddpm.request" && each.ParentSpanId == caller.SpanId).ToArray();
        var batch = heard.Activities.Single(each => each.OperationName == "ddpm.batch" && each.Links.Count() == 2);
        Assert.Multiple(() =>
        {
            Assert.That(batch.GetTagItem("ddpm.images"), Is.EqualTo(5));
            Assert.That(batch.Links.Select(link => link.Context.SpanId), Is.SubsetOf(requests.Select(each => each.SpanId)));
            Assert.That(
                heard.Activities.Where(each => each.OperationName == "ddpm.sample").Select(each => each.ParentSpanId), Does.Contain(batch.SpanId));
            Assert.That(heard.Sum("ddpm.queue.images"), Is.Zero);
            Assert.That(heard.Measured.Where(each => each.Name == "ddpm.batch.images").Select(each => each.Value), Is.EqualTo((double[])[1, 5]));
            Assert.That(heard.Measured.Count(each => each.Name == "ddpm.queue.wait.duration"), Is.EqualTo(3));
            Assert.That(heard.Measured.Count(each => each.Name == "ddpm.request.duration" && !each.Tags.ContainsKey("error.type")), Is.EqualTo(4));
        });
    }

    // https://opentelemetry.io/docs/specs/semconv/general/naming/: lower case, namespaces with dots, words with underscores; units by UCUM.
    [Test]
    public async Task Names_FollowOpenTelemetry_AndAreDocumented()
    {
        using var heard = new Heard();
        await using (var app = ServiceApp.Of(new GateDenoiser()))
            await app.Service.GenerateAsync(new());
        Train_TellsOfItsStepsImagesAndLoss();
        var documented = await File.ReadAllTextAsync(Repository.At("docs/telemetry.md"));
        var tags = heard.Measured.SelectMany(each => each.Tags.Keys)
            .Concat(heard.Activities.SelectMany(each => each.TagObjects.Select(tag => tag.Key))).Distinct().Where(name => name != "error.type").ToArray();
        var names = heard.Measured.Select(each => each.Name).Concat(heard.Activities.Select(each => each.OperationName)).Distinct().ToArray();
        Assert.Multiple(() =>
        {
            Assert.That(names, Has.Length.EqualTo(15), string.Join(", ", names));
            Assert.That(names.Concat(tags).Where(name => !Conventional().IsMatch(name)), Is.Empty);
            Assert.That(heard.Measured.Select(each => each.Unit).Distinct(), Is.SubsetOf((string[])["s", "1", "{step}", "{image}"]));
            Assert.That(names.Concat(tags).Where(name => !documented.Contains($"`{name}`", StringComparison.Ordinal)), Is.Empty);
        });
    }

    [Test]
    public void WithoutAListener_FramesAreTheSamplersOwn()
    {
        using var diffusion = ServiceApp.Model(new GateDenoiser());
        Assert.That(diffusion.Stream().GetType().FullName, Does.Not.Contain("Telemetry"));
        using var heard = new Heard();
        Assert.That(diffusion.Stream().GetType().FullName, Does.Contain("Telemetry"));
    }

    [GeneratedRegex(@"\Addpm(\.[a-z]+(_[a-z]+)*)+\z")]
    private static partial Regex Conventional();
}
