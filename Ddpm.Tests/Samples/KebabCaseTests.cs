using System.CommandLine;
using Ddpm.Samples;

namespace Ddpm.Tests.Samples;

public class KebabCaseTests
{
    [TestCase("--data_type", "--data-type")]
    [TestCase("--batchsize", "--batch-size")]
    [TestCase("--new_attention_order", "--new-attention-order")]
    [TestCase("--seed", null)]
    public void AddTo_AddsASecondName_WhereThereIsOne(string name, string? second)
    {
        var flag = new Option<string>(name);
        var command = new Command("job") { flag };
        KebabCase.AddTo(command);
        Assert.That(flag.Aliases, Is.EqualTo(second is null ? Array.Empty<string>() : [second]));
        Assert.That(command.Parse([second ?? name, "x"]).GetValue(flag), Is.EqualTo("x"));
    }
}
