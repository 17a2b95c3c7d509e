using System.CommandLine;
using System.CommandLine.Parsing;

namespace Ddpm.Samples;

/// <summary>Whether a set of images is drawn, in shards, in place of one picture.</summary>
internal sealed class SetFlags
{
    private readonly Option<string?> set = new("--set")
    {
        Description = "A folder for a set of any size, in place of one picture: image k is of class k modulo the model's. It can be drawn in shards.",
        HelpName = "folder",
    };
    private readonly Option<ShardSource?> shard = new("--shard")
    {
        Description = "Which part of the set to draw: 3/64 is the third of 64, counted from 1. Or who says it: slurm, mpi, kubernetes/64, auto. "
            + "By default all.",
        HelpName = "K/N|name",
        CustomParser = argument => Flag.Parse(argument, ShardSource.Rule, text => new ShardSource(text)),
    };
    private readonly Option<string?> format = Flag.OptionalOneOf(
        "--format", "Of the set: an .npz file a shard (by default), or a .png file an image.", ShardPlan.Npz, ShardPlan.Png);
    private readonly Option<bool> merge = new("--merge")
        { Description = "Draw nothing: check that every shard of the set is there and whole, and make one of them." };

    /// <summary>Which flags cannot stand beside these.</summary>
    /// <param name="command">The command.</param>
    /// <param name="ofPicture">What only says how the picture is.</param>
    /// <param name="ofDrawing">What only says how images are drawn.</param>
    public void AddTo(Command command, IReadOnlyList<Option> ofPicture, IReadOnlyList<Option> ofDrawing)
    {
        foreach (var option in (Option[])[set, shard, format, merge])
            command.Options.Add(option);
        set.Refuse(path => string.IsNullOrWhiteSpace(path) ? "--set must name a folder, but is empty." : null);
        command.OnlyWith(set, shard, format, merge);
        command.NotWith(set, [.. ofPicture]);
        command.NotWith(merge, [shard, format, .. ofDrawing]);
    }

    /// <summary>The flag that asks for a set.</summary>
    public Option Set => set;

    /// <summary>The flag with which nothing is drawn.</summary>
    public Option Merge => merge;

    /// <summary>The folder of the set; null: a picture is asked for.</summary>
    public string? FolderIn(CommandResult options) => options.GetValue(set);

    /// <summary>What the configuration of the run is called there; null: a picture is asked for.</summary>
    public string? RunIn(CommandResult options) =>
        FolderIn(options) is { } folder ? Path.Combine(folder, options.Has(merge) ? "merge" : "ddpm") : null;

    /// <summary>Whether nothing is drawn.</summary>
    public bool IsMerge(ParseResult options) => options.GetValue(merge);

    /// <summary>The shard that this process draws.</summary>
    public Shard ShardOf(ParseResult options) => options.GetValue(shard)?.Find(Environment.GetEnvironmentVariable) ?? Shard.All;

    /// <summary>npz or png.</summary>
    public string FormatOf(ParseResult options) => options.GetValue(format) ?? ShardPlan.Npz;
}
