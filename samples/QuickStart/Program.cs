// The sample is QuickStartCommand.cs, which the tool takes up too: samples/Tool.
using Ddpm.Samples;

return SampleApp.Run(args, QuickStartCommand.Make());
