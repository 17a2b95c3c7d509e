using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Ddpm.Samples.WebStudio;

/// <summary>
/// An answer that comes piece by piece, as server-sent events: <c>queued</c> while the request waits, what the work tells of itself, and then
/// <c>final</c>, or <c>error</c> with a problem.
/// </summary>
internal sealed class EventAnswer
{
    // Behind a slow client the oldest events are dropped, never the last one.
    private const int MostBehind = 256;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(300), Sign = TimeSpan.FromSeconds(10);

    private readonly Channel<Func<SseItem<string>>> events = Channel.CreateBounded<Func<SseItem<string>>>(
        new BoundedChannelOptions(MostBehind) { FullMode = BoundedChannelFullMode.DropOldest });

    private readonly StudioModel model;
    private readonly WaitingLine.Place place;

    private EventAnswer(StudioModel model, WaitingLine.Place place) => (this.model, this.place) = (model, place);

    /// <summary>Tells an event. The work has its turn now. Any thread may call; the event is made on another one.</summary>
    public void Tell<T>(string type, Func<T> what, JsonTypeInfo<T> json)
    {
        place.Dispose();
        events.Writer.TryWrite(() => Item(type, what(), json));
    }

    /// <summary>Answers a request with the events of its work. What is refused at once is thrown, and not told as an event.</summary>
    /// <param name="context">The request; a client that goes away ends the work.</param>
    /// <param name="model">Whose queue it is.</param>
    /// <param name="work">Tells events, and makes the last one.</param>
    public static async Task WriteAsync(HttpContext context, StudioModel model, Func<EventAnswer, CancellationToken, Task<FinalEvent>> work)
    {
        using var place = context.RequestServices.GetRequiredService<WaitingLine>().Enter();
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var answer = new EventAnswer(model, place);
        var working = answer.Work(work, gone.Token);
        if (working.IsFaulted)
            await working.ConfigureAwait(false);
        try
        {
            await TypedResults.ServerSentEvents(answer.All(context, working, gone.Token)).ExecuteAsync(context).ConfigureAwait(false);
        }
        finally
        {
            await gone.CancelAsync().ConfigureAwait(false);
            await ((Task)working).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<FinalEvent> Work(Func<EventAnswer, CancellationToken, Task<FinalEvent>> work, CancellationToken stop)
    {
        try
        {
            return await work(this, stop).ConfigureAwait(false);
        }
        finally
        {
            events.Writer.TryComplete();
        }
    }

    private async IAsyncEnumerable<SseItem<string>> All(
        HttpContext context, Task<FinalEvent> working, [EnumeratorCancellation] CancellationToken stop)
    {
        var (told, since) = (-1, TimeSpan.Zero);
        var more = events.Reader.WaitToReadAsync(stop).AsTask();
        while (place.Before is { } before && !more.IsCompleted)
        {
            if (before != told || since >= Sign)
            {
                (told, since) = (before, TimeSpan.Zero);
                yield return Item("queued", new QueuedEvent(before, model.Service.Queue.Delay.TotalSeconds), StudioJson.Default.QueuedEvent);
            }
            await Task.WhenAny(more, Task.Delay(Look, stop)).ConfigureAwait(false);
            since += Look;
        }
        for (; await more.ConfigureAwait(false); more = events.Reader.WaitToReadAsync(stop).AsTask())
            while (events.Reader.TryRead(out var make))
                yield return make();
        stop.ThrowIfCancellationRequested();
        yield return await Last(context, working).ConfigureAwait(false);
    }

    private static async Task<SseItem<string>> Last(HttpContext context, Task<FinalEvent> working)
    {
        try
        {
            return Item("final", await working.ConfigureAwait(false), StudioJson.Default.FinalEvent);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            return Item("error", Faults.Of(context, fault).ToProblem(), StudioJson.Default.Problem);
        }
    }

    private static SseItem<string> Item<T>(string type, T data, JsonTypeInfo<T> json) => new(JsonSerializer.Serialize(data, json), type);
}
