using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Ddpm.Samples;

/// <summary>The usual help, and below that of the whole program how to begin.</summary>
internal sealed class HelpWithExamples(HelpAction usual, string examples) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => usual.ClearsParseErrors;

    public override int Invoke(ParseResult parseResult)
    {
        var code = usual.Invoke(parseResult);
        if (parseResult.CommandResult.Command is RootCommand)
            parseResult.InvocationConfiguration.Output.WriteLine(examples);
        return code;
    }
}
