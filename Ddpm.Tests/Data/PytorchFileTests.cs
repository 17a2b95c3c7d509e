using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Data;

/// <summary>Files written by PyTorch 2.13, against the same tensors as safetensors.</summary>
public class PytorchFileTests
{
    private const string Layouts = "layouts/layouts.json", Pipelines = "pipelines/summary.json";

    private static IEnumerable<TestCaseData> TrainingStates => Recordings.Cases(Layouts, () => Recordings.Index(Layouts).EnumerateObject()
        .Select(each => each.Name).Where(name => Recordings.Has($"layouts/{name}-training.ckpt")));

    private static IEnumerable<TestCaseData> PipelinesAsBin => Recordings.Cases(Pipelines, () => Recordings.Index(Pipelines).EnumerateObject()
        .Select(each => each.Name).Where(name => Recordings.Has(Bin(name))));

    private static string Bin(string pipeline)
    {
        var (flat, nested) = ($"pipelines/{pipeline}/diffusion_pytorch_model.bin", $"pipelines/{pipeline}/unet/diffusion_pytorch_model.bin");
        return Recordings.Has(nested) ? nested : flat;
    }

    [TestCase("files/tensors.pth")]
    [TestCase("files/tensors-legacy.pth")]
    public void Read_OfEveryTypeAndView_GivesTheOriginalsValues(string golden)
    {
        using var file = PytorchFile.Open(Recordings.At(golden));
        var expected = Recordings.Tensors("files/tensors.expected.safetensors");
        var dictionary = file.Dictionaries.Single();
        Assert.That((dictionary.Key, dictionary.HoldsOnlyTensors, file.IsSequence), Is.EqualTo(("", true, false)));
        ExpectSame(dictionary, expected);
    }

    [Test]
    public void Entries_OfViews_SayTypePlaceAndSize()
    {
        using var file = PytorchFile.Open(Recordings.At("files/tensors.pth"));
        var entries = file.Dictionaries[0].Entries.ToDictionary(entry => entry.Name);
        if (!new[] { "slice", "same_storage", "expanded", "scalar", "bfloat16" }.All(entries.ContainsKey))
            Assert.Ignore("The recorded file holds other tensors.");
        Assert.That(entries["slice"].Offset - entries["same_storage"].Offset, Is.EqualTo(4 * (1 * 8 + 2)));
        Assert.That((entries["slice"].Code, entries["slice"].Type, entries["slice"].Length), Is.EqualTo(("float32", ScalarType.Float32, 4L * 4 * 5)));
        Assert.That(entries["expanded"].Shape, Is.EqualTo(new long[] { 4, 3 }));
        Assert.That(entries["scalar"].Shape, Is.Empty);
        Assert.That(entries["bfloat16"].Code, Is.EqualTo("bfloat16"));
    }

    [Test]
    public void Dictionaries_OfACheckpoint_AreFoundWhereverTheyLie()
    {
        using var file = PytorchFile.Open(Recordings.At("files/checkpoint.pth"));
        var expected = Recordings.Tensors("files/checkpoint.expected.safetensors");
        // What is trained: buffers have no moments.
        var weights = expected.Entries.Count(entry => new[] { "weight", "bias" }.Contains(entry.Name.Split('.')[^1]));
        var moments = Enumerable.Range(0, weights).Select(i => $"optimizer.state.{i}");
        Assert.That(file.Dictionaries.Select(dictionary => dictionary.Key), Is.EqualTo(moments.Prepend("state_dict")));
        Assert.That(file.Dictionaries.Select(dictionary => dictionary.HoldsOnlyTensors), Is.All.True);
        Assert.That(file.Dictionaries[1].Entries.Select(entry => entry.Name), Is.EqualTo(new[] { "step", "exp_avg", "exp_avg_sq" }));
        ExpectSame(file.Dictionaries[0], expected);

        // One step of Adam with gradients of one: the moments are 1 - β1 = 0.1 and 1 - β2 = 0.001, within the rounding of float32.
        using var scope = NewDisposeScope();
        Assert.That(file.Dictionaries[1].Read("step").item<float>(), Is.EqualTo(1));
        foreach (var moment in file.Dictionaries.Skip(1))
        {
            var (mean, square) = (moment.Read("exp_avg"), moment.Read("exp_avg_sq"));
            Expect.Close(mean, full_like(mean, 0.1f), 1e-8);
            Expect.Close(square, full_like(square, 0.001f), 1e-9);
        }
    }

    // "model-from-gpu" says that it was saved on a GPU: the place is ignored.
    [TestCase("seed/model.pth", ScalarType.Float32)]
    [TestCase("seed/model-legacy.pth", ScalarType.Float32)]
    [TestCase("seed/model-from-gpu.pth", ScalarType.Float32)]
    [TestCase("seed/model-half.pth", ScalarType.Float16)]
    [TestCase("seed/model-bfloat16.pth", ScalarType.BFloat16)]
    public void Read_OfAModelsWeights_GivesTheOriginalsValues(string golden, ScalarType type)
    {
        using var file = TensorFile.Open(Recordings.At(golden));
        var count = Recordings.Index("seed/info.json").GetProperty("state_entries").GetInt32();
        Assert.That(file.Dictionaries[0].Entries, Has.Count.EqualTo(count));
        ExpectSame(file.Dictionaries[0], Recordings.Tensors("seed/model.safetensors").Dictionaries[0], type);
    }

    // A training loop that saves a list: weights, optimiser (without steps, and so without tensors), epoch, step, averaged weights.
    [TestCaseSource(nameof(TrainingStates))]
    public void Dictionaries_OfAList_HaveItsIndicesAsKeys(string name)
    {
        using var file = PytorchFile.Open(Recordings.At($"layouts/{name}-training.ckpt"));
        using var plain = PytorchFile.Open(Recordings.At($"layouts/{name}.ckpt"));
        Assert.That((file.IsSequence, plain.IsSequence), Is.EqualTo((true, false)));
        Assert.That(file.Dictionaries.Select(dictionary => dictionary.Key), Is.EqualTo(new[] { "0", "4" }));

        var (weights, expected) = (file.Dictionaries[0], plain.Dictionaries.Single());
        Assert.That(weights.Entries.Select(entry => entry.Name), Is.EqualTo(expected.Entries.Select(entry => "module." + entry.Name)));
        foreach (var entry in expected.Entries)
            using (Tensor actual = weights.Read("module." + entry.Name), wanted = expected.Read(entry.Name))
                Expect.Same(actual, wanted);
    }

    [TestCaseSource(nameof(PipelinesAsBin))]
    public void Read_OfAPipelinesBin_GivesFiniteWeights(string name)
    {
        using var file = PytorchFile.Open(Recordings.At(Bin(name)));
        var weights = file.Dictionaries.Single();
        Assert.That(weights.Entries, Has.Count.GreaterThan(50));
        foreach (var entry in weights.Entries)
            using (var tensor = weights.Read(entry.Name))
            using (var finite = tensor.isfinite().all())
                Assert.That(finite.item<bool>(), entry.Name);
    }

    // Beside the weights: a Namespace, a NumPy number, the hyperparameters of a training framework.
    [TestCase("namespace.pth", "model", "argparse.Namespace")]
    [TestCase("numpy-scalar.pth", "model", "numpy.core.multiarray.scalar", "numpy.dtype", "_codecs.encode")]
    [TestCase("lightning-like.pth", "state_dict", "argparse.Namespace")]
    public void Read_WithForeignObjectsBesideTheWeights_GivesTheWeights(string name, string key, params string[] passedOver)
    {
        using var file = PytorchFile.Open(Recordings.Own($"cases/checkpoints/{name}"));
        using var plain = PytorchFile.Open(Recordings.Own("cases/checkpoints/plain.pth"));
        Assert.That((file.Dictionaries.Single().Key, plain.PassedOver.Count), Is.EqualTo((key, 0)));
        Assert.That(file.PassedOver, Is.EqualTo(passedOver));
        ExpectSame(file.Dictionaries[0], plain.Dictionaries[0]);
    }

    // Some forty classes of Python's and NumPy's (eng/recordings/cases/many_objects.py): classes derived from containers keep what they hold.
    [Test]
    public void Read_WithManyKindsOfObjectsBesideTheWeights_GivesTheWeights()
    {
        using var file = PytorchFile.Open(Recordings.Own("cases/checkpoints/many-objects.pth"));
        using var plain = PytorchFile.Open(Recordings.Own("cases/checkpoints/plain.pth"));
        Assert.That(file.Dictionaries.Select(dictionary => dictionary.Key), Is.EqualTo(new[] { "state_dict", "derived", "state.0" }));
        Assert.That(file.PassedOver, Does.Contain("functools.partial").And.Contain("numpy.core.multiarray._reconstruct"));
        foreach (var weights in file.Dictionaries.Take(2))
        {
            Assert.That(weights.Entries.Select(entry => entry.Name), Is.EqualTo(plain.Dictionaries[0].Entries.Select(entry => entry.Name)));
            using var scope = NewDisposeScope();
            Assert.That(weights.Read("a.weight").data<float>().ToArray(), Is.EqualTo(new float[] { 0, 1, 2, 3, 4, 5 }));
            Assert.That(weights.Read("a.bias").data<float>().ToArray(), Is.EqualTo(new float[] { 0.5f, -0.5f }));
        }
    }

    // Once refused for the NumPy number beside its one tensor.
    [Test]
    public void Read_WithANumpyNumberBesideATensor_GivesTheTensor()
    {
        using var file = PytorchFile.Open(Recordings.At("files/refuse-numpy-scalar.pth"));
        using var tensor = file.Dictionaries.Single().Read("w");
        Assert.That(tensor.shape, Is.EqualTo(new long[] { 2 }));
        Assert.That((file.Dictionaries[0].HoldsOnlyTensors, file.PassedOver[0]), Is.EqualTo((false, "numpy._core.multiarray.scalar")));
    }

    // A module saved whole: its tensors lie in objects that nothing is known of.
    [TestCase("refuse-whole-module.pth", "torch.nn.modules.container.Sequential")]
    [TestCase("refuse-sparse.pth", "torch._utils._rebuild_sparse_tensor")]
    [TestCase("refuse-complex.pth", "torch.ComplexFloatStorage")]
    public void Open_OfWhatIsNotRead_NamesIt(string golden, string named)
    {
        var path = Recordings.At($"files/{golden}");
        Assert.That(() => PytorchFile.Open(path), Throws.TypeOf<DataFormatException>().With.Message.Contains(named));
    }

    [Test]
    public void Open_OfAMissingFile_NamesIt() =>
        Assert.That(() => PytorchFile.Open("none.pth"), Throws.TypeOf<FileNotFoundException>().With.Message.Contains("none.pth"));

    [Test]
    public void Read_OfAnUnknownName_NamesTheDictionary()
    {
        using var file = PytorchFile.Open(Recordings.At("files/checkpoint.pth"));
        Assert.That(
            () => file.Dictionaries[1].Read("x"),
            Throws.TypeOf<KeyNotFoundException>().With.Message.Contains("\"x\" in \"optimizer.state.0\""));
    }

    [Test]
    public void Read_LeavesNoTensorsAlive() => Expect.NoLeak(() =>
    {
        using var file = PytorchFile.Open(Recordings.At("files/tensors.pth"));
        foreach (var entry in file.Dictionaries[0].Entries)
            file.Dictionaries[0].Read(entry.Name).Dispose();
    });

    private static void ExpectSame(StateDictionary actual, ITensorSource expected, ScalarType? type = null)
    {
        Assert.That(actual.Entries.Select(entry => entry.Name), Is.EquivalentTo(expected.Entries.Select(entry => entry.Name)));
        foreach (var entry in expected.Entries)
        {
            using var scope = NewDisposeScope();
            var wanted = expected.Read(entry.Name).to(type ?? entry.Type!.Value);
            var found = actual.Read(entry.Name);
            Assert.That((found.dtype, found.is_contiguous()), Is.EqualTo((wanted.dtype, true)), entry.Name);
            Assert.That(found.shape, Is.EqualTo(wanted.shape), entry.Name);
            Assert.That(found.Equals(wanted), entry.Name);
        }
    }
}
