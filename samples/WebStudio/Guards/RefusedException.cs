using Microsoft.AspNetCore.Http;

namespace Ddpm.Samples.WebStudio;

/// <summary>A request is answered with a problem.</summary>
internal sealed class RefusedException(int status, string message) : Exception(message)
{
    /// <summary>Of HTTP.</summary>
    public int Status => status;

    /// <summary>What of the request's body is wrong; null: it is something else.</summary>
    public string? Field { get; private init; }

    /// <summary>What the field must be.</summary>
    public string? Rule { get; private init; }

    /// <summary>What was found.</summary>
    public string? Value { get; private init; }

    /// <summary>When it is worth asking again; null: never.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>A field of the body breaks a rule.</summary>
    /// <param name="field">Its name.</param>
    /// <param name="rule">What it must be.</param>
    /// <param name="value">What was found.</param>
    public static RefusedException Of(string field, string rule, string value) =>
        new(StatusCodes.Status400BadRequest, $"{field} must be {rule}, but is {value}.") { Field = field, Rule = rule, Value = value };
}
