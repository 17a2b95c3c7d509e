using System.CommandLine;

namespace Ddpm.Samples;

/// <summary>--no-preview: the picture that a run writes is not shown in the terminal.</summary>
internal sealed class PreviewFlag : Option<bool>
{
    private readonly OutputFlag output;

    private PreviewFlag(OutputFlag output)
        : base("--no_preview")
    {
        this.output = output;
        Description = "Do not show the picture in the terminal.";
    }

    /// <summary>Adds the flag to a command that writes a picture.</summary>
    /// <returns>Null: it writes none.</returns>
    public static PreviewFlag? AddTo(Command command)
    {
        if (command.Options.OfType<OutputFlag>().SingleOrDefault(each => each.HasPicture) is not { } output)
            return null;
        var flag = new PreviewFlag(output);
        command.Options.Add(flag);
        command.Ignored(result => output.Instead(result) is null ? null : "where no picture is written", flag);
        return flag;
    }

    /// <summary>Shows the run's picture, if there is one and the terminal can. A run does not fail for that.</summary>
    public void Show(ParseResult options)
    {
        if (options.GetValue(this) || output.PictureOf(options) is not { } file || !File.Exists(file))
            return;
        try
        {
            Console.Write(new Preview(TerminalTraits.Current, TerminalQuery.Ask).Of(() => Picture.Load(file)));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidOperationException or NotSupportedException)
        {
            SampleApp.Warnings.Report($"{file} is not shown: {fault.Message}");
        }
    }
}
