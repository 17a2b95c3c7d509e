// What is wrong or unusual about a model, a checkpoint or a training folder, and about this machine?
// Nothing is written, and no code of a file is run.
using Ddpm.Samples;

return SampleApp.Run(args, DoctorCommand.Make());
