// The sample is TrainCommand.cs, which the tool takes up too: samples/Tool.
using Ddpm.Samples;

return SampleApp.Run(args, TrainCommand.Make());
