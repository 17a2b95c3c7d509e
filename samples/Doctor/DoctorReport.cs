using System.Text.Encodings.Web;
using System.Text.Json;
using Ddpm.Training;

namespace Ddpm.Samples;

/// <summary>The findings as people and as scripts read them.</summary>
internal sealed record DoctorReport(string Path, string Title, Machine Machine, IReadOnlyList<Finding> Findings)
{
    private const int Fine = 0, Warned = 2, Wrong = 3;

    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
    };

    /// <summary>0 without warnings and errors, 2 with warnings, 3 with errors. 1 is left to a program that could not do its work.</summary>
    public int ExitCode => Count(FindingSeverity.Fault) > 0 ? Wrong : Count(FindingSeverity.Warning) > 0 ? Warned : Fine;

    public string Text() => string.Join('\n', [$"{Path}: {Title}", .. Findings.Select(finding => $"{finding}"), Summary, ""]);

    public string Json() => JsonSerializer.Serialize(
        new
        {
            Path,
            Title,
            ExitCode,
            Errors = Count(FindingSeverity.Fault),
            Warnings = Count(FindingSeverity.Warning),
            Notes = Count(FindingSeverity.Note),
            Machine = new { Machine.Threads, Machine.Processors, Machine.Quota, Machine.Memory, Machine.OneDnnIsOn, Machine.GpuIsUsable },
            Findings = Findings.Select(finding => new { finding.Id, finding.Severity, finding.Seen, finding.Cure }),
        },
        Readable) + "\n";

    private string Summary => ExitCode == Fine
        ? $"nothing is wrong ({Counted(FindingSeverity.Note, "note")})"
        : $"{Counted(FindingSeverity.Fault, "error")}, {Counted(FindingSeverity.Warning, "warning")}, {Counted(FindingSeverity.Note, "note")}";

    private int Count(FindingSeverity severity) => Findings.Count(finding => finding.Kind.Severity == severity);

    private string Counted(FindingSeverity severity, string word) =>
        FormattableString.Invariant($"{Count(severity)} {word}{(Count(severity) == 1 ? "" : "s")}");
}
