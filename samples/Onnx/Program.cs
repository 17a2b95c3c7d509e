// Draw images with a network that ONNX Runtime computes, on the CPU or any vendor's GPU.
using Ddpm.Samples;

return SampleApp.Run(args, OnnxCommand.Make());
