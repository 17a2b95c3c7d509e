using System.Diagnostics;
using System.Text.Json;

namespace Ddpm.Tests.Samples.WebStudio;

/// <summary>The program, as it is started.</summary>
public class StudioProgramTests
{
    // A web project's own choice is its folder, where no path of the user's leads.
    [Test]
    public void DotnetRun_BeginsWhereTheUserIs()
    {
        using var build = Process.Start(new ProcessStartInfo(
            "dotnet", ["msbuild", Repository.At("samples/WebStudio/WebStudio.csproj"), "-getProperty:RunWorkingDirectory"])
        {
            RedirectStandardOutput = true,
        })!;
        Assert.That(build.StandardOutput.ReadToEnd().Trim(), Is.Empty);
        build.WaitForExit();
        Assert.That(build.ExitCode, Is.Zero);
    }

    [Test]
    public async Task Program_SaysWhereItIs_ServesSeveralModels_MeasuresAndEndsByASignal()
    {
        if (OperatingSystem.IsWindows())
            Assert.Ignore("There is no polite signal to end a process.");
        using var folder = new TemporaryFolder();
        using (var diffusion = StudioUnderTest.Diffusion())
            diffusion.Save(folder.File("model"));
        using var program = Process.Start(SampleProgram.StartOf("WebStudio",
        [
            "--weights", $"one={folder.File("model")}", "--weights", folder.File("model"), "--urls", "http://127.0.0.1:0", "--telemetry", "console",
            "--device", "cpu",
        ]))!;
        try
        {
            var said = new List<string>();
            while (await program.StandardOutput.ReadLineAsync() is { } line)
            {
                said.Add(line);
                if (line.StartsWith("The studio is at http://127.0.0.1:", StringComparison.Ordinal))
                    break;
            }
            Assert.That(said, Is.Not.Empty, await ErrorsIfOver(program));
            using (var client = new HttpClient { BaseAddress = new Uri(said[^1].Split(' ')[4]) })
            {
                var models = JsonElement.Parse(await client.GetStringAsync("/api/models")).GetProperty("models");
                var name = Path.GetFileName(folder.Path);
                Assert.That(models.EnumerateArray().Select(model => model.GetProperty("name").GetString()), Is.EqualTo(["one", name]));
                using var content = new StringContent($$"""{"model": "{{name}}"}""", System.Text.Encoding.UTF8, "application/json");
                using var answer = await client.PostAsync("/api/generate", content);
                Assert.That(await answer.Content.ReadAsStringAsync(), Does.Contain("event: final"));
                Assert.That(await client.GetStringAsync("/"), Does.StartWith("<!doctype html>"));
            }
            using (var kill = Process.Start("kill", ["-TERM", $"{program.Id}"]))
                await kill.WaitForExitAsync();
            var rest = await program.StandardOutput.ReadToEndAsync();
            await program.WaitForExitAsync();
            Assert.That(program.ExitCode, Is.Zero, await program.StandardError.ReadToEndAsync());
            foreach (var measured in (string[])["ddpm.request.duration", "ddpm.sampling.steps", "http.server.request.duration"])
                Assert.That(rest, Does.Contain(measured));
        }
        finally
        {
            if (!program.HasExited)
                program.Kill(entireProcessTree: true);
        }
    }

    private static async Task<string> ErrorsIfOver(Process program) => program.HasExited ? await program.StandardError.ReadToEndAsync() : "";
}
