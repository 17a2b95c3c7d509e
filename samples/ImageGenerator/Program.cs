// A diffusion model as an image generator of Microsoft.Extensions.AI.
using Ddpm.Samples;

return SampleApp.Run(args, ImageGeneratorCommand.Make());
