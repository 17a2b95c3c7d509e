using System.CommandLine;

namespace Ddpm.Samples;

/// <summary>--config: a file of flags for those that are not on the command line.</summary>
internal sealed class ConfigFlag : Option<string?>
{
    public ConfigFlag()
        : base("--config")
    {
        Description = "A JSON file of flags and values, such as each run writes beside its result. The command line wins.";
        HelpName = "file.json";
        this.Refuse(path => File.Exists(path) ? null
            : $"{Name} must name a JSON file, but '{path}' is {(Directory.Exists(path) ? "a folder" : "no file")}.");
    }
}
