// Every job of the samples in one program, `ddpm train`, `ddpm sample` and so on. A job is the same code as its sample's; a new one is a line here.
using System.CommandLine;
using System.CommandLine.Help;
using Ddpm.Samples;

const string Examples = """
    Examples:
      ddpm quickstart                                            # a model of coloured shapes, trained in minutes
      ddpm sample --weights out/quickstart/model                 # more of its images: out/samples.png
    """;

var command = new RootCommand("Denoising diffusion from the command line: trains models, draws images, converts checkpoints.")
{
    QuickStartCommand.Make(),
    TrainCommand.Make(),
    SampleCommand.Make(),
    ForwardCommand.Make(),
    ReverseCommand.Make(),
    InterpolateCommand.Make(),
    InpaintCommand.Make(),
    GalleryCommand.Make(),
    FrontierCommand.Make(),
    EvaluateCommand.Make(),
    ConvertCommand.Make(),
    ListCommand.Make(),
    VerifyCommand.Make(),
    DoctorCommand.Make(),
};
var help = command.Options.OfType<HelpOption>().Single();
help.Action = new HelpWithExamples((HelpAction)help.Action!, Examples);
return SampleApp.Run(args, command);
