using Ddpm.Formats;
using TorchSharp;

namespace Ddpm.Samples;

/// <summary>What a file of weights holds beside them.</summary>
internal sealed class FileCheck : ICheck
{
    private const int MostNamed = 3;

    private static readonly FindingKind Code = FindingKind.Note("python-code-named"), Halved = FindingKind.Note("weights-in-half-precision"),
        Several = FindingKind.Note("several-networks");

    public IReadOnlyList<FindingKind> Kinds { get; } = [Code, Halved, Several];

    public IEnumerable<Finding> Look(Patient patient, CancellationToken stop)
    {
        if (patient.OpeningFault is not null || !File.Exists(patient.Path) || patient.Path.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
            yield break;
        using var file = TensorFile.Open(patient.Path);
        if (file.PassedOver is { Count: > 0 } names)
            yield return Code.Said(
                $"The file names what is Python's: {Listed.Of(names, MostNamed)}.", "Nothing of it was run; Python would run it if it were told to.");
        var entries = file.Dictionaries.SelectMany(dictionary => dictionary.Entries).ToArray();
        var halved = entries.Count(entry => entry.Type is torch.ScalarType.Float16 or torch.ScalarType.BFloat16);
        if (halved > 0)
            yield return Halved.Found(
                $"{halved} of {entries.Length} tensors have 16 bits a number.",
                "They are read as float32; the digits that were dropped stay dropped.");
        var networks = file.Dictionaries.Where(dictionary => dictionary.Entries.Count > 1).Select(dictionary => $"'{dictionary.Key}'").ToArray();
        if (networks.Length > 1)
            yield return Several.Said(
                $"The file holds {Listed.Of(networks, MostNamed)}: weights as they were trained and their average, it may be.",
                "Averaged weights draw better images: say by --key which to take.");
    }
}
