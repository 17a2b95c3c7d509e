// The sample is TrainCommand.cs, which the tool takes up too: samples/Tool. ONNX Runtime stays here, for its size.
using Ddpm.Samples;

return SampleApp.Run(args, TrainCommand.Make(FeatureNetworks.Open));
