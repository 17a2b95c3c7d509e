// The sample is ReverseCommand.cs, which the tool takes up too: samples/Tool.
using Ddpm.Samples;

return SampleApp.Run(args, ReverseCommand.Make());
