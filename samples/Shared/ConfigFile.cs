using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ddpm.Samples;

/// <summary>A run's flags as a JSON object: names without their dashes, and values. What a run wrote repeats it.</summary>
internal static class ConfigFile
{
    // Far more than any command line.
    private const int MostBytes = 1 << 20;

    private static readonly JsonDocumentOptions Lenient = new()
        { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, AllowDuplicateProperties = false, MaxDepth = 4 };

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What a file says of a command's flags: their values as texts, of a list several.</summary>
    /// <exception cref="ArgumentException">It is no such file, or names what the command has not, or a value of another type.</exception>
    public static IReadOnlyList<(Option Flag, IReadOnlyList<string> Values)> Read(string path, Command command)
    {
        using var document = Parse(path);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            throw new ArgumentException($"{path} must be a JSON object of flags and values, but is {Words(document.RootElement)}.");
        var read = new List<(Option Flag, IReadOnlyList<string> Values)>();
        foreach (var setting in document.RootElement.EnumerateObject())
        {
            var flag = Flags(command).FirstOrDefault(flag => flag.Aliases.Prepend(flag.Name).Contains("--" + setting.Name))
                ?? throw new ArgumentException($"{path} must name flags of {command.Name}, but '{setting.Name}' is none. Try --help.");
            if (read.Exists(other => other.Flag == flag))
                throw new ArgumentException($"{path} must name each flag once, but names {NameOf(flag)} as '{setting.Name}' too.");
            var type = ConfigType.Of(flag);
            read.Add((flag, type.Read(setting.Value)
                ?? throw new ArgumentException($"{path}: {setting.Name} must be {type.Rule}, but is {Words(setting.Value)}.")));
        }
        return read;
    }

    /// <summary>Writes the flags that a run was given beside what it makes: into --out, or beside the picture that --out names.</summary>
    public static void Write(ParseResult options)
    {
        if (options.CommandResult.Command.Options.OfType<OutputFlag>().SingleOrDefault() is not { } output)
            return;
        var path = output.BesideIt(options, "config.json");
        var given = new JsonObject();
        foreach (var flag in Flags(options.CommandResult.Command))
            if (options.GetResult(flag) is { Implicit: false } result)
                given.Add(NameOf(flag), ConfigType.Of(flag).Write([.. result.Tokens.Select(token => token.Value)]));
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        TextFile.Write(path, given.ToJsonString(Readable) + "\n");
    }

    private static IEnumerable<Option> Flags(Command command) =>
        command.Options.Where(flag => flag is not (ConfigFlag or System.CommandLine.Help.HelpOption or VersionOption));

    private static string NameOf(Option flag) => flag.Name.TrimStart('-');

    private static JsonDocument Parse(string path)
    {
        if (new FileInfo(path).Length > MostBytes)
            throw new ArgumentException($"{path} must have at most {MostBytes} bytes to be a file of flags, but has {new FileInfo(path).Length}.");
        try
        {
            return JsonDocument.Parse(File.ReadAllBytes(path).AsMemory().TrimByteOrderMark(), Lenient);
        }
        catch (JsonException fault)
        {
            throw new ArgumentException($"{path} must be a JSON object of flags and values: {fault.Message}", fault);
        }
    }

    private static ReadOnlyMemory<byte> TrimByteOrderMark(this Memory<byte> text) => text.Span is [0xEF, 0xBB, 0xBF, ..] ? text[3..] : text;

    // A long value is not worth a long message.
    private static string Words(JsonElement value) => value.GetRawText() is { Length: <= 40 } text ? text : $"{value.GetRawText()[..40]}...";
}
