namespace Ddpm.Tests.Samples.WebStudio;

/// <summary>In place of the tests of the studio's page, which need a Chromium and its driver.</summary>
public class NoBrowserTests
{
    [Test]
    public void Page_IsDrivenByAChromium() => Assert.Ignore(
        "No Chromium was found when the tests were built: install one, or build with -p:BrowserTests=true and name it by DDPM_CHROMIUM.");
}
