using TorchSharp;
using static TorchSharp.torch;

namespace Ddpm.Tests.Data;

/// <summary>Files written by PyTorch 2.13, against the same tensors as safetensors.</summary>
public class PytorchFileTests
{
    [TestCase("files/tensors.pth")]
    [TestCase("files/tensors-legacy.pth")]
    public void Read_OfEveryTypeAndView_GivesTheOriginalsValues(string golden)
    {
        using var file = PytorchFile.Open(Shared.Golden(golden));
        using var expected = SafetensorsFile.Open(Shared.Golden("files/tensors.expected.safetensors"));
        var dictionary = file.Dictionaries.Single();
        Assert.That((dictionary.Key, dictionary.HoldsOnlyTensors, file.IsSequence), Is.EqualTo(("", true, false)));
        Assert.That(
            dictionary.Entries.Select(entry => entry.Name).Take(5),
            Is.EqualTo(new[] { "plain", "transposed", "slice", "strided", "same_storage" }));
        ExpectSame(dictionary, expected);
    }

    [Test]
    public void Entries_OfViews_SayTypePlaceAndSize()
    {
        using var file = PytorchFile.Open(Shared.Golden("files/tensors.pth"));
        var entries = file.Dictionaries[0].Entries.ToDictionary(entry => entry.Name);
        Assert.That(entries["slice"].Offset - entries["same_storage"].Offset, Is.EqualTo(4 * (1 * 8 + 2)));
        Assert.That((entries["slice"].Code, entries["slice"].Type, entries["slice"].Length), Is.EqualTo(("float32", ScalarType.Float32, 4L * 4 * 5)));
        Assert.That(entries["expanded"].Shape, Is.EqualTo(new long[] { 4, 3 }));
        Assert.That(entries["scalar"].Shape, Is.Empty);
        Assert.That(entries["bfloat16"].Code, Is.EqualTo("bfloat16"));
    }

    [Test]
    public void Dictionaries_OfACheckpoint_AreFoundWhereverTheyLie()
    {
        using var file = PytorchFile.Open(Shared.Golden("files/checkpoint.pth"));
        using var expected = SafetensorsFile.Open(Shared.Golden("files/checkpoint.expected.safetensors"));
        var moments = Enumerable.Range(0, 6).Select(i => $"optimizer.state.{i}");
        Assert.That(file.Dictionaries.Select(dictionary => dictionary.Key), Is.EqualTo(moments.Prepend("state_dict")));
        Assert.That(file.Dictionaries.Select(dictionary => dictionary.HoldsOnlyTensors), Is.All.True);
        Assert.That(file.Dictionaries[1].Entries.Select(entry => entry.Name), Is.EqualTo(new[] { "step", "exp_avg", "exp_avg_sq" }));
        ExpectSame(file.Dictionaries[0], expected);

        // One step of Adam with gradients of one: the moments are 1 - β1 = 0.1 and 1 - β2 = 0.001, within the rounding of float32.
        using var scope = NewDisposeScope();
        Assert.That(file.Dictionaries[1].Read("step").item<float>(), Is.EqualTo(1));
        Expect.Close(file.Dictionaries[1].Read("exp_avg"), full(4, 3, 3, 3, 0.1f), 1e-8);
        Expect.Close(file.Dictionaries[6].Read("exp_avg_sq"), full(2, 0.001f), 1e-9);
    }

    [TestCase("seed/model.pth", ScalarType.Float32)]
    [TestCase("seed/model-legacy.pth", ScalarType.Float32)]
    [TestCase("seed/model-half.pth", ScalarType.Float16)]
    [TestCase("seed/model-bfloat16.pth", ScalarType.BFloat16)]
    public void Read_OfAModelsWeights_GivesTheOriginalsValues(string golden, ScalarType type)
    {
        using var file = TensorFile.Open(Shared.Golden(golden));
        using var expected = TensorFile.Open(Shared.Golden("seed/model.safetensors"));
        Assert.That(file.Dictionaries[0].Entries, Has.Count.EqualTo(444));
        ExpectSame(file.Dictionaries[0], expected.Dictionaries[0], type);
    }

    // "Saved on a GPU": the place is ignored.
    [Test]
    public void Read_OfAFileSavedOnAGpu_GivesTensorsOnTheCpu()
    {
        using var file = PytorchFile.Open(Shared.Path("golden/seed/model-from-gpu.pth"));
        using var expected = SafetensorsFile.Open(Shared.Golden("seed/model.safetensors"));
        ExpectSame(file.Dictionaries[0], expected);
    }

    // A training loop that saves a list: weights, optimiser (without steps, and so without tensors), epoch, step, averaged weights.
    [Test]
    public void Dictionaries_OfAList_HaveItsIndicesAsKeys()
    {
        using var file = PytorchFile.Open(Shared.Golden("layouts/ho-port-training.ckpt"));
        using var plain = PytorchFile.Open(Shared.Golden("layouts/ho-port.ckpt"));
        Assert.That((file.IsSequence, plain.IsSequence), Is.EqualTo((true, false)));
        Assert.That(file.Dictionaries.Select(dictionary => dictionary.Key), Is.EqualTo(new[] { "0", "4" }));

        var (weights, expected) = (file.Dictionaries[0], plain.Dictionaries.Single());
        Assert.That(weights.Entries.Select(entry => entry.Name), Is.EqualTo(expected.Entries.Select(entry => "module." + entry.Name)));
        foreach (var entry in expected.Entries)
            using (Tensor actual = weights.Read("module." + entry.Name), wanted = expected.Read(entry.Name))
                Expect.Same(actual, wanted);
    }

    [Test]
    public void Read_OfAPipelinesBin_GivesFiniteWeights()
    {
        using var file = PytorchFile.Open(Shared.Golden("pipelines/cat256-like-old-names-bin/diffusion_pytorch_model.bin"));
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
        using var file = PytorchFile.Open(Shared.Golden($"cases/checkpoints/{name}"));
        using var plain = PytorchFile.Open(Shared.Golden("cases/checkpoints/plain.pth"));
        Assert.That((file.Dictionaries.Single().Key, plain.PassedOver.Count), Is.EqualTo((key, 0)));
        Assert.That(file.PassedOver, Is.EqualTo(passedOver));
        ExpectSame(file.Dictionaries[0], plain.Dictionaries[0]);
    }

    // Some forty classes of Python's and NumPy's (eng/recordings/cases/many_objects.py): classes derived from containers keep what they hold.
    [Test]
    public void Read_WithManyKindsOfObjectsBesideTheWeights_GivesTheWeights()
    {
        using var file = PytorchFile.Open(Shared.Golden("cases/checkpoints/many-objects.pth"));
        using var plain = PytorchFile.Open(Shared.Golden("cases/checkpoints/plain.pth"));
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
        using var file = PytorchFile.Open(Shared.Golden("files/refuse-numpy-scalar.pth"));
        using var tensor = file.Dictionaries.Single().Read("w");
        Assert.That(tensor.shape, Is.EqualTo(new long[] { 2 }));
        Assert.That((file.Dictionaries[0].HoldsOnlyTensors, file.PassedOver[0]), Is.EqualTo((false, "numpy._core.multiarray.scalar")));
    }

    // A module saved whole: its tensors lie in objects that nothing is known of.
    [TestCase("refuse-whole-module.pth", "torch.nn.modules.container.Sequential")]
    [TestCase("refuse-sparse.pth", "torch._utils._rebuild_sparse_tensor")]
    [TestCase("refuse-complex.pth", "torch.ComplexFloatStorage")]
    public void Open_OfWhatIsNotRead_NamesIt(string golden, string named) =>
        Assert.That(() => PytorchFile.Open(Shared.Golden($"files/{golden}")), Throws.TypeOf<DataFormatException>().With.Message.Contains(named));

    [Test]
    public void Open_OfAMissingFile_NamesIt() =>
        Assert.That(() => PytorchFile.Open("none.pth"), Throws.TypeOf<FileNotFoundException>().With.Message.Contains("none.pth"));

    [Test]
    public void Read_OfAnUnknownName_NamesTheDictionary()
    {
        using var file = PytorchFile.Open(Shared.Golden("files/checkpoint.pth"));
        Assert.That(
            () => file.Dictionaries[1].Read("x"),
            Throws.TypeOf<KeyNotFoundException>().With.Message.Contains("\"x\" in \"optimizer.state.0\""));
    }

    [Test]
    public void Read_LeavesNoTensorsAlive() => Expect.NoLeak(() =>
    {
        using var file = PytorchFile.Open(Shared.Golden("files/tensors.pth"));
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
