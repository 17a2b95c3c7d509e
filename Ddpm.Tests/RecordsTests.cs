using System.Reflection;
using static TorchSharp.torch;

namespace Ddpm.Tests;

/// <summary>The libraries' records compare by content and print what people can read, those that hold lists too.</summary>
public class RecordsTests
{
    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly PixelFeatures Extractor = new(new(1, 1, 2));
    private static readonly FeatureStatistics Statistics = new(
        2, MathNet.Numerics.LinearAlgebra.Vector<double>.Build.Dense(2), MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.Dense(2, 2));

    // Not those of a run, which hold its tensors; those that only factories make have tests of their own.
    private static readonly Type[] Records =
    [
        .. new[] { typeof(TimestepSpacing), typeof(MatVariable), typeof(UNetOptions) }.SelectMany(type => type.Assembly.GetExportedTypes())
            .Where(type => !type.IsAbstract && type.GetMethod("PrintMembers", Any) is not null)
            .Where(type => type.GetProperties().All(property => !typeof(Tensor).IsAssignableFrom(property.PropertyType)))
            .Where(type => Constructor(type) is not null),
    ];

    [TestCaseSource(nameof(Records))]
    public void Record_MadeTwiceTheSame_IsEqualAndPrints(Type type)
    {
        var (one, other) = (Make(type), Make(type));
        Assert.That(one, Is.Not.SameAs(other));
        Assert.That(one.Equals(other), $"{one} is not {other}");
        Assert.That(one.GetHashCode(), Is.EqualTo(other.GetHashCode()));
        Assert.That(one.ToString(), Does.Not.Match(@"System\.Collections|System\.\w+\[\]|ReadOnly|EquatableList"));
    }

    [Test]
    public void Records_AreThoseThatUsersMeet() => Assert.That(
        Records, Is.SupersetOf(new[] { typeof(UNetOptions), typeof(UniPcSolver), typeof(VariationalBound), typeof(TabulatedSchedule) }));

    private static ConstructorInfo? Constructor(Type type) =>
        type.GetConstructors().Where(each => each.GetParameters().All(parameter => parameter.ParameterType != type))
            .MinBy(each => each.GetParameters().Length);

    private static object Make(Type type)
    {
        var constructor = Constructor(type)!;
        var made = constructor.Invoke([.. constructor.GetParameters().Select(
            parameter => parameter.HasDefaultValue ? parameter.DefaultValue : Value(parameter.ParameterType))]);
        foreach (var property in type.GetProperties().Where(property => property.SetMethod is not null && IsList(property.PropertyType)))
            property.SetValue(made, Value(property.PropertyType));
        return made;
    }

    private static bool IsList(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>);

    // A fresh one each time, where it is an object.
    private static object? Value(Type type)
    {
        if (type == typeof(string))
            return "name";
        if (type == typeof(INoiseSchedule))
            return new LinearSchedule(5);
        // What the caller owns is the same one.
        if (type == typeof(IFeatureExtractor))
            return Extractor;
        if (type == typeof(FeatureStatistics))
            return Statistics;
        var item = IsList(type) || type == typeof(IEnumerable<double>) ? type.GetGenericArguments()[0] : null;
        if (item is null)
            return type == typeof(double) ? 0.5 : type == typeof(int) ? 1 : type.IsValueType ? Activator.CreateInstance(type) : null;
        var list = Array.CreateInstance(item, 2);
        for (var i = 0; i < list.Length; i++)
            list.SetValue(Value(item), i);
        return list;
    }
}
