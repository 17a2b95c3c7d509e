using System.Globalization;

namespace Ddpm.Tests;

/// <summary>The runs in other cultures are what they say.</summary>
public class TestCultureTests
{
    [Test]
    public void Culture_OfTheRun_ReachesTestsAndTheirThreads()
    {
        TestCulture.Use(TestCulture.Given ?? TestCulture.Invented, Check);
        if (TestCulture.Given is not null)
            Check();

        static void Check()
        {
            var expected = TestCulture.Given ?? TestCulture.Invented;
            CultureInfo[] found =
                [CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture, Task.Run(() => CultureInfo.CurrentCulture).Result, .. OnAThread()];
            Assert.That(found, Is.All.EqualTo(expected));
            Assert.That($"{-1.5}", Is.EqualTo(string.Format(expected, "{0}", -1.5)));
        }

        static CultureInfo[] OnAThread()
        {
            CultureInfo[] found = [];
            var thread = new Thread(() => found = [CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture]);
            thread.Start();
            thread.Join();
            return found;
        }
    }

    [Test]
    public void Invented_WritesNumbersOtherwise()
    {
        var text = string.Format(TestCulture.Invented, "{0} {1:E1} {2:N1} {3:P0} {4}", -0.5, 1e-5, 12345.6, 0.5, double.PositiveInfinity);
        Assert.That(text, Is.EqualTo("\u22120,5 1,0E\u2212005 12.345,6 \u066A50 many"));
    }

    // Users' programs are not invariant unless they say so, and so neither are the tests: else every culture is the same.
    [Test]
    public void Tests_RunWithCultures()
    {
        if (Environment.GetEnvironmentVariable("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT") is "1" or "true")
            Assert.Ignore("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT makes every culture the same.");
        Assert.That("i".ToUpper(TestCulture.Find("tr-TR")), Is.EqualTo("\u0130"));
        Assert.That((-1.5).ToString(TestCulture.Find("sv-SE")), Is.EqualTo("\u22121,5"));
    }
}
