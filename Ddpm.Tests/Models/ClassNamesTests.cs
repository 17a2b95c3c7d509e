using System.Text.Json.Nodes;

namespace Ddpm.Tests.Models;

/// <summary>A model knows the names of its classes: those it was trained on. They are saved with it, and others are refused.</summary>
public class ClassNamesTests(bool wrapped) : WrappedOrPlainTests(wrapped)
{
    private static readonly string[] Names = ["cat", "dog"];
    private static readonly TrainingOptions Short = new() { Steps = 1, BatchSize = 2, WarmupSteps = 0 };
    private static readonly UNetOptions Network = UNetOptions.Tiny with { Channels = 16, Multipliers = [1, 1] };

    private static DiffusionBuilder Builder => new DiffusionBuilder().WithLinearSchedule(10, 0.01, 0.4).WithUNet(Network);

    [Test]
    public void Train_TakesTheNamesOfTheData_AndSaveKeepsThem()
    {
        using var folder = new TemporaryFolder();
        using var model = Build(Builder.WithClasses(2));
        Assert.That(model.ClassNames, Is.Null);
        model.Train(Short, Data(Names));
        Assert.That(model.ClassNames, Is.EqualTo(Names));
        model.Save(folder.Path);
        using var loaded = Diffusion.FromPretrained(folder.Path);
        Assert.That(loaded.ClassNames, Is.EqualTo(Names));
        var goOn = Short with { IfTrained = WhenTrained.GoOn };
        Assert.That(() => loaded.Train(goOn, Data(["cat", "elk"])), Throws.ArgumentException.With.Message.Contains("'dog'"));
        Assert.That(() => loaded.Train(goOn, Data(["dog", "cat"])), Throws.ArgumentException.With.Message.Contains("class 0 is 'cat'"));
        Assert.That(() => loaded.Train(goOn, Data(null)), Throws.Nothing);
        Assert.That(() => loaded.Train(goOn, Data(Names)), Throws.Nothing);
        Assert.That(() => loaded.Train(Short with { IfTrained = WhenTrained.StartAnew }, Data(["elk", "fox"])), Throws.Nothing);
        Assert.That(loaded.ClassNames, Is.EqualTo(new[] { "elk", "fox" }));
    }

    [Test]
    public void Train_ThatTakesNoStep_LeavesTheNames()
    {
        using var model = Build(Builder.WithClasses(2));
        Assert.That(() => model.Train(Short, Data(Names), cancellationToken: new(canceled: true)), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(model.ClassNames, Is.Null);
    }

    [Test]
    public void Train_WithoutClassesOrWithMoreOfThem_HasNoNames()
    {
        using Diffusion without = Build(Builder), more = Build(Builder.WithClasses(3));
        foreach (var model in (Diffusion[])[without, more])
        {
            model.Train(Short, Data(Names));
            Assert.That(model.ClassNames, Is.Null);
        }
    }

    [Test]
    public void WithClassNames_NamesTheClassesFromTheStart()
    {
        using var model = Builder.WithClasses(2).WithClassNames(Names).Build();
        Assert.That(model.ClassNames, Is.EqualTo(Names));
        Assert.That(() => model.Train(Short, Data(["cat", "elk"])), Throws.ArgumentException.With.Message.Contains("'dog'"));
        Assert.That(() => Builder.WithClasses(3).WithClassNames(Names).Build(),
            Throws.TypeOf<DiffusionConfigurationException>().With.Message.Contains("2 names and the network has 3 classes"));
        Assert.That(() => Builder.WithClassNames(["cat", null!]), Throws.ArgumentException);
    }

    [TestCase("[\"cat\"]", "1 names")]
    [TestCase("[\"cat\", null]", "one is null")]
    [TestCase("7", "ddpm.json")]
    public void FromPretrained_WithNamesThatAreNone_IsRefused(string names, string rule)
    {
        using var folder = new TemporaryFolder();
        using (var model = Builder.WithClasses(2).WithClassNames(Names).Build())
            model.Save(folder.Path);
        var description = JsonNode.Parse(File.ReadAllText(folder.File("ddpm.json")))!;
        Assert.That(description["class_names"]!.ToJsonString(), Is.EqualTo("[\"cat\",\"dog\"]"));
        description["class_names"] = JsonNode.Parse(names);
        File.WriteAllText(folder.File("ddpm.json"), description.ToJsonString());
        Assert.That(() => Diffusion.FromPretrained(folder.Path), Throws.Exception.With.Message.Contains(rule));
        ((JsonObject)description).Remove("class_names");
        File.WriteAllText(folder.File("ddpm.json"), description.ToJsonString());
        using var old = Diffusion.FromPretrained(folder.Path);
        Assert.That(old.ClassNames, Is.Null);
    }

    private static ImageDataset Data(string[]? names) => new(Network.Image, new byte[4 * Network.Image.Values], [0, 1, 1, 0], names);
}
