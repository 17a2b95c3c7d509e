using System.Net;
using Microsoft.AspNetCore.Http;

namespace Ddpm.Samples.WebStudio;

/// <summary>
/// Refuses what a page of another site may send through the browser of who runs the studio: requests under another name than the studio's (DNS
/// rebinding), and requests to the API that come from another origin.
/// </summary>
internal sealed class KnownCallers(StudioOptions options)
{
    private const string LocalName = "localhost";

    private readonly BindingAddress[] bound = [.. options.Urls.Select(BindingAddress.Parse)];

    public Task Check(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (!IsOurs(request.Host.Host))
            throw new RefusedException(
                StatusCodes.Status421MisdirectedRequest, $"The studio is not called {Quoted.Text(request.Host.Host)}: see its flag --host.");
        if (request.Path.StartsWithSegments("/api") && IsForeign(request))
            throw new RefusedException(StatusCodes.Status403Forbidden, "Only the studio's own page may send requests from a browser.");
        return next(context);
    }

    private bool IsOurs(string host) =>
        Is(host, LocalName) || options.Hosts.Any(name => Is(host, name)) || bound.Any(address => Is(host, address.Host))
        || IPAddress.TryParse(host, out var number) && (IPAddress.IsLoopback(number) || bound.Any(IsEverywhere));

    // A number is no name that somebody could point elsewhere.
    private static bool IsEverywhere(BindingAddress address) => !IPAddress.TryParse(address.Host, out var number)
        ? !Is(address.Host, LocalName) && address.Host.AsSpan().ContainsAny('*', '+')
        : number.Equals(IPAddress.Any) || number.Equals(IPAddress.IPv6Any);

    private static bool IsForeign(HttpRequest request)
    {
        if (request.Headers.TryGetValue("Sec-Fetch-Site", out var site))
            return site != "same-origin" && site != "none";
        return request.Headers.TryGetValue("Origin", out var origin) && !Is(origin.ToString(), $"{request.Scheme}://{request.Host.Value}");
    }

    private static bool Is(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}
