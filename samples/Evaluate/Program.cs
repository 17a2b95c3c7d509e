// The sample is EvaluateCommand.cs, which the tool takes up too: samples/Tool.
using Ddpm.Samples;

return SampleApp.Run(args, EvaluateCommand.Make());
