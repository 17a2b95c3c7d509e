// The sample is EvaluateCommand.cs, which the tool takes up too: samples/Tool. ONNX Runtime stays here: with its ResNet-18 it would make the tool's
// packages half as large again.
using Ddpm.Samples;

return SampleApp.Run(args, EvaluateCommand.Make(FeatureNetworks.Open));
