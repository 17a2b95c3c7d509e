using System.CommandLine;
using System.CommandLine.Parsing;

namespace Ddpm.Samples;

/// <summary>--out: a PNG file where a sample draws one picture, a folder where it writes several files.</summary>
internal sealed class OutputFlag : Option<string>
{
    private readonly bool isPicture;
    private readonly string? pictureInside;

    private OutputFlag(string usual, bool isPicture, string? pictureInside = null)
        : base("--out")
    {
        (this.isPicture, this.pictureInside) = (isPicture, pictureInside);
        Description = isPicture
            ? "The picture to write, a .png file. Its folder is made."
            : "The folder to write into. It is made.";
        HelpName = isPicture ? "file.png" : "folder";
        DefaultValueFactory = _ => usual;
        this.Refuse(path => Rule(path) is { } rule ? $"--out must {rule}, but is '{path}'." : null);
    }

    public static OutputFlag Picture(string file, Func<CommandResult, string?>? instead = null) =>
        new(file, isPicture: true) { Instead = instead ?? (_ => null) };

    /// <param name="folder">The usual one.</param>
    /// <param name="picture">The file of the picture that is the most telling of those in it, if there are any.</param>
    public static OutputFlag Folder(string folder, string? picture = null) => new(folder, isPicture: false, picture);

    /// <summary>Whether other flags say that the run writes elsewhere: its files there but for their endings; null: it does not.</summary>
    public Func<CommandResult, string?> Instead { get; init; } = _ => null;

    /// <summary>Whether the job writes a picture, there or in that folder.</summary>
    public bool HasPicture => isPicture || pictureInside is not null;

    /// <summary>The picture that the job writes; null: it writes none.</summary>
    public string? PictureOf(ParseResult options) => !HasPicture || Instead(options.CommandResult) is not null ? null
        : isPicture ? options.GetRequiredValue(this)
        : Path.Combine(options.GetRequiredValue(this), pictureInside!);

    /// <summary>Finds out whether the job will be able to write.</summary>
    /// <exception cref="ArgumentException">It will not.</exception>
    public void TryOut(ParseResult options)
    {
        if (Instead(options.CommandResult) is null)
            TryOut(options.GetRequiredValue(this));
    }

    /// <inheritdoc cref="TryOut(ParseResult)"/>
    public void TryOut(string path)
    {
        if (isPicture)
            Writable.File("--out", path);
        else
            Writable.Folder("--out", path);
    }

    /// <summary>Another file of the same run: in the folder, or beside the picture and named as it is.</summary>
    public string BesideIt(string path, string ending) =>
        isPicture ? Path.ChangeExtension(path, ending) : Path.Combine(path, "ddpm." + ending);

    /// <inheritdoc cref="BesideIt(string, string)"/>
    public string BesideIt(ParseResult options, string ending) => Instead(options.CommandResult) is { } elsewhere
        ? $"{elsewhere}.{ending}"
        : BesideIt(options.GetRequiredValue(this), ending);

    private string? Rule(string path) => string.IsNullOrWhiteSpace(path) ? $"name a {(isPicture ? ".png file" : "folder")}"
        : isPicture && !Path.GetFileName(path).EndsWith(".png", StringComparison.OrdinalIgnoreCase) ? "end with .png"
        : isPicture && Directory.Exists(path) ? "name a .png file and not a folder"
        : null;
}
