using System.Net;
using System.Text.Json;
using Ddpm.Tests.Models.Hosting;

namespace Ddpm.Tests.Samples.WebStudio;

/// <summary>Who waits is told so, who goes away frees the place, and who is too many is refused.</summary>
public class StudioQueueTests
{
    private const int Steps = 1000;

    private static readonly object Long = new { sampler = "ddpm", steps = Steps };

    [Test]
    public async Task ClientThatGoesAway_LeavesTheQueue()
    {
        var gate = new GateDenoiser();
        await using var studio = await StudioUnderTest.StartAsync(gate: gate);
        gate.Close(after: 3);
        using (var response = await studio.PostAsync("/api/generate", Long))
            Assert.That(await FirstAsync(response, "frame"), Is.Not.Null);
        // The server hears of it at once, or while the gate lets single steps through.
        for (var i = 0; i < Steps / 2 && (await studio.GetAsync("/api/queue"))[0].GetProperty("running").GetInt32() > 0; i++)
        {
            gate.Close(after: 1);
            await Task.Delay(10);
        }
        await studio.WaitUntilIdleAsync();
        Assert.That(gate.Evaluations, Is.LessThan(Steps));
        gate.Open();
    }

    [Test]
    public async Task WhoWaits_IsToldThePlace_AndWhoIsTooMany_WhenToComeAgain()
    {
        var gate = new GateDenoiser();
        await using var studio = await StudioUnderTest.StartAsync(options => options with { BatchSize = 1, QueueLimit = 2 }, gate);
        gate.Close(after: 3);
        using var running = await studio.PostAsync("/api/generate", Long);
        Assert.That(await FirstAsync(running, "frame"), Is.Not.Null);
        using var first = await studio.PostAsync("/api/generate", Long);
        Assert.That((await FirstAsync(first, "queued"))?.GetProperty("before").GetInt32(), Is.Zero);
        using var second = await studio.PostAsync("/api/generate", Long);
        Assert.That((await FirstAsync(second, "queued"))?.GetProperty("before").GetInt32(), Is.EqualTo(1));
        Assert.That((await studio.GetAsync("/api/queue"))[0].GetProperty("waiting").GetInt32(), Is.EqualTo(2));
        using var refused = await studio.PostAsync("/api/generate", new { });
        var problem = await StudioRefusalsTests.ProblemOf(refused, HttpStatusCode.TooManyRequests);
        Assert.That(refused.Headers.RetryAfter?.Delta, Is.GreaterThanOrEqualTo(TimeSpan.FromSeconds(1)));
        Assert.That(problem.GetProperty("retryAfter").GetInt32(), Is.EqualTo(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds));
        gate.Open();
        foreach (var response in (HttpResponseMessage[])[running, first, second])
            response.Dispose();
        await studio.WaitUntilIdleAsync();
    }

    [Test]
    public async Task Client_OfTooManyRequests_IsToldWhenToComeAgain()
    {
        await using var studio = await StudioUnderTest.StartAsync(options => options with { RequestsAMinute = 3 });
        var codes = new List<HttpStatusCode>();
        for (var i = 0; i < 4; i++)
        {
            using var response = await studio.PostTextAsync("/api/generate", "{");
            codes.Add(response.StatusCode);
            if (i == 3)
                Assert.That(response.Headers.RetryAfter?.Delta, Is.InRange(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20)));
        }
        Assert.That(codes, Is.EqualTo([.. Enumerable.Repeat(HttpStatusCode.BadRequest, 3), HttpStatusCode.TooManyRequests]));
        // Looking costs nothing.
        Assert.That((await studio.GetAsync("/api/queue"))[0].GetProperty("waiting").GetInt32(), Is.Zero);
    }

    [Test]
    public async Task EndOfTheProgram_AnswersWhoWaits()
    {
        var gate = new GateDenoiser();
        await using var studio = await StudioUnderTest.StartAsync(options => options with { FinishWithin = TimeSpan.FromSeconds(0.2) }, gate);
        gate.Close(after: 3);
        using var response = await studio.PostAsync("/api/generate", Long);
        var events = ServerEvents.Of(response).GetAsyncEnumerator();
        Assert.That(await events.MoveNextAsync());
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var stopping = studio.StopAsync();
        (string Type, JsonElement Data) last = default;
        while (await events.MoveNextAsync())
            last = events.Current;
        gate.Open();
        Assert.That(last.Type, Is.EqualTo("error"));
        Assert.That(last.Data.GetProperty("status").GetInt32(), Is.EqualTo(503));
        Assert.That(last.Data.GetProperty("retryAfter").GetInt32(), Is.Positive);
        await stopping;
        Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(10)));
    }

    private static async Task<JsonElement?> FirstAsync(HttpResponseMessage response, string type)
    {
        // The stream stays open: whoever leaves the loop would end the request.
        var events = ServerEvents.Of(response).GetAsyncEnumerator();
        while (await events.MoveNextAsync())
            if (events.Current.Type == type)
                return events.Current.Data;
        return null;
    }
}
