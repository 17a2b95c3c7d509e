namespace Ddpm.Tests.Documents;

/// <summary>A block that names a file after its language ("```csharp samples/X/Y.cs") is a part of that file, line by line.</summary>
public class ExcerptsTests
{
    [Test]
    public void Excerpts_OfTheDocuments_AreInTheirFiles()
    {
        var excerpts = Documents.Excerpts().ToArray();
        Assert.That(excerpts, Is.Not.Empty);
        foreach (var (place, file, code) in excerpts)
            Assert.That(File.ReadAllText(Repository.At(file)).ReplaceLineEndings("\n"), Does.Contain(code), place);
    }
}
