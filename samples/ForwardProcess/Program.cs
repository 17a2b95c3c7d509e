// The sample is ForwardCommand.cs, which the tool takes up too: samples/Tool.
using Ddpm.Samples;

return SampleApp.Run(args, ForwardCommand.Make());
