// The sample is FrontierCommand.cs, which the tool takes up too: samples/Tool.
using Ddpm.Samples;

return SampleApp.Run(args, FrontierCommand.Make());
