// The sample is SampleCommand.cs, which the tool takes up too: samples/Tool.
using Ddpm.Samples;

return SampleApp.Run(args, SampleCommand.Make());
