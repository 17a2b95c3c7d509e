using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Ddpm.Tests.Samples.WebStudio;

/// <summary>An answer's events, as they come.</summary>
internal static class ServerEvents
{
    internal static async IAsyncEnumerable<(string Type, JsonElement Data)> Of(HttpResponseMessage response)
    {
        await using var stream = await response.Content.ReadAsStreamAsync();
        await foreach (var item in SseParser.Create(stream).EnumerateAsync())
            yield return (item.EventType, JsonElement.Parse(item.Data));
    }
}
