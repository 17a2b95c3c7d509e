namespace Ddpm.Tests.Data.Imaging;

public class PixelBudgetTests
{
    [Test]
    public void Take_BeyondTheRoom_WaitsUntilSomeIsReturned()
    {
        var budget = new PixelBudget(most: 10);
        budget.Take(6, default);
        budget.Take(4, default);
        var third = Task.Run(() => budget.Take(5, default));
        Assert.That(third.Wait(TimeSpan.FromMilliseconds(100)), Is.False);
        budget.Return(4);
        Assert.That(third.Wait(TimeSpan.FromMilliseconds(100)), Is.False);
        budget.Return(6);
        Assert.That(third.Wait(TimeSpan.FromMinutes(1)), Is.True);
    }

    [Test]
    public void Take_OfMoreThanThereIs_IsLetInAlone()
    {
        var budget = new PixelBudget(most: 10);
        Assert.That(() => budget.Take(100, default), Throws.Nothing);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));
        Assert.That(() => budget.Take(1, stop.Token), Throws.InstanceOf<OperationCanceledException>());
        budget.Return(100);
        Assert.That(() => budget.Take(1, default), Throws.Nothing);
    }
}
