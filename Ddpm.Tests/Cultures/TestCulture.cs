using System.Globalization;
using System.Runtime.CompilerServices;

namespace Ddpm.Tests;

/// <summary>
/// The culture that all tests run in, and the sample programs that they start: the machine's, or the one that <see cref="Variable"/> names.
/// Nothing here may refer to NUnit: the samples load it without.
/// </summary>
internal static class TestCulture
{
    /// <summary>The environment variable that names a culture for the whole run: as "tr-TR", or <see cref="InventedName"/>.</summary>
    internal const string Variable = "DDPM_CULTURE";

    internal const string InventedName = "invented";

    /// <summary>A culture without data of the operating system, in which nearly everything is written otherwise than in English.</summary>
    internal static CultureInfo Invented { get; } = Invent();

    /// <summary>The culture that the run asked for, or null.</summary>
    internal static CultureInfo? Given { get; } = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } name ? Find(name) : null;

    /// <summary>A culture by its name.</summary>
    /// <exception cref="CultureNotFoundException">There is none, or the runtime is invariant.</exception>
    internal static CultureInfo Find(string name) => name == InventedName ? Invented : CultureInfo.GetCultureInfo(name, predefinedOnly: true);

    /// <summary>Does something in a culture, in the threads that it starts too.</summary>
    internal static void Use(CultureInfo culture, Action action)
    {
        var (current, currentUI) = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        var (others, othersUI) = (CultureInfo.DefaultThreadCurrentCulture, CultureInfo.DefaultThreadCurrentUICulture);
        try
        {
            Set(culture, culture, culture, culture);
            action();
        }
        finally
        {
            Set(current, currentUI, others, othersUI);
        }
    }

    // The test host lists the cases on one thread and runs them on others; samples load this assembly when they start (StartupHook).
    [ModuleInitializer]
    internal static void Begin()
    {
        if (Given is null)
            return;
        Set(Given, Given, Given, Given);
        Environment.SetEnvironmentVariable("DOTNET_STARTUP_HOOKS", typeof(TestCulture).Assembly.Location);
    }

    private static void Set(CultureInfo current, CultureInfo currentUI, CultureInfo? others, CultureInfo? othersUI)
    {
        (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (current, currentUI);
        (CultureInfo.DefaultThreadCurrentCulture, CultureInfo.DefaultThreadCurrentUICulture) = (others, othersUI);
    }

    private static CultureInfo Invent()
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        var numbers = culture.NumberFormat;
        (numbers.NegativeSign, numbers.PositiveSign) = ("\u2212", "\uFF0B");
        (numbers.NumberDecimalSeparator, numbers.NumberGroupSeparator) = (",", ".");
        (numbers.PercentDecimalSeparator, numbers.PercentGroupSeparator) = (",", ".");
        (numbers.PercentSymbol, numbers.PercentPositivePattern) = ("\u066A", 2);
        (numbers.NaNSymbol, numbers.PositiveInfinitySymbol, numbers.NegativeInfinitySymbol) = ("?", "many", "\u2212many");
        var dates = culture.DateTimeFormat;
        (dates.TimeSeparator, dates.DateSeparator, dates.LongTimePattern, dates.ShortDatePattern) = (".", "-", "H'h'mm'm'ss", "d-M-yy");
        return CultureInfo.ReadOnly(culture);
    }
}
