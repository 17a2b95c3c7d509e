// The sample is InterpolateCommand.cs, which the tool takes up too: samples/Tool.
using Ddpm.Samples;

return SampleApp.Run(args, InterpolateCommand.Make());
