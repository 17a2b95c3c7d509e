using System.CommandLine;
using Microsoft.AspNetCore.Http;

namespace Ddpm.Samples.WebStudio;

/// <summary>--urls: where the studio listens. By default this machine alone reaches it.</summary>
internal sealed class UrlsFlag : Option<string[]>
{
    private const string Usual = "http://127.0.0.1:5080";

    public UrlsFlag()
        : base("--urls")
    {
        Description = "Where to listen; port 0 is any free one. Whoever reaches another address than a loopback one may use the studio.";
        HelpName = "http://host:port";
        DefaultValueFactory = _ => [Usual];
        this.Refuse(given => given.FirstOrDefault(url => !IsHttp(url)) is { } odd
            ? $"--urls must be as {Usual} (for https, put a proxy in front), but is '{odd}'." : null);
    }

    private static bool IsHttp(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            return address is { Scheme: "http", IsUnixPipe: false, IsNamedPipe: false, PathBase: "" or "/" } && address.Port is >= 0 and <= 65535;
        }
        catch (Exception fault) when (fault is FormatException or ArgumentException)
        {
            return false;
        }
    }
}
