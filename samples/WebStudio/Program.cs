// The sample is WebStudioCommand.cs.
using Ddpm.Samples;

return SampleApp.Run(args, WebStudioCommand.Make());
