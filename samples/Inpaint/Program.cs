// The sample is InpaintCommand.cs, which the tool takes up too: samples/Tool.
using Ddpm.Samples;

return SampleApp.Run(args, InpaintCommand.Make());
