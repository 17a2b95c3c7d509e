// Take a model from one program to another: convert a checkpoint, list what a file holds, prove that a network computes what it should.
using System.CommandLine;
using Ddpm.Samples;

return SampleApp.Run(args, new RootCommand("Takes models between programs.") { ConvertCommand.Make(), ListCommand.Make(), VerifyCommand.Make() });
