// The sample is GalleryCommand.cs, which the tool takes up too: samples/Tool.
using Ddpm.Samples;

return SampleApp.Run(args, GalleryCommand.Make());
