using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Ddpm.Samples.WebStudio;

/// <summary>How many requests for work one client may send: a bucket of a minute's worth, which fills again as time goes.</summary>
internal static class ClientRate
{
    private const string Policy = "client";

    private static readonly TimeSpan Fill = TimeSpan.FromSeconds(1);

    public static void AddTo(IServiceCollection services, int requestsAMinute) => services.AddRateLimiter(limiter =>
    {
        limiter.AddPolicy(Policy, context => RateLimitPartition.GetTokenBucketLimiter(
            context.Connection.RemoteIpAddress?.ToString() ?? "", _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = requestsAMinute,
                TokensPerPeriod = Math.Max(1, requestsAMinute / 60),
                ReplenishmentPeriod = requestsAMinute >= 60 ? Fill : TimeSpan.FromMinutes(1) / requestsAMinute,
            }));
        limiter.OnRejected = async (rejected, stop) =>
        {
            var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : Fill;
            await Faults.WriteAsync(rejected.HttpContext, new RefusedException(
                StatusCodes.Status429TooManyRequests, $"One client may send {requestsAMinute} requests a minute.") { RetryAfter = wait })
                .ConfigureAwait(false);
        };
    });

    /// <summary>The endpoint is work.</summary>
    public static void IsLimited(this IEndpointConventionBuilder endpoint) => endpoint.RequireRateLimiting(Policy);
}
