using static TorchSharp.torch;

namespace Ddpm.Tests.Core.Training;

public class LossHistoryTests
{
    [Test]
    public void RootMeanSquare_IsOfTheLastTenLosses()
    {
        var history = new LossHistory(3);
        Assert.That(history.RootMeanSquare(1), Is.NaN);
        history.Add(1, 3);
        history.Add(1, -4);
        Assert.That(history.RootMeanSquare(1), Is.EqualTo(Math.Sqrt(12.5)));
        for (var loss = 1; loss <= 10; loss++)
            history.Add(1, loss);
        Assert.That(history.RootMeanSquare(1), Is.EqualTo(Math.Sqrt(38.5)));       // 385 / 10: the first two are gone
        Assert.That(history.RootMeanSquare(0), Is.NaN);
    }

    [Test]
    public void IsFull_OnceEveryStepHasTen()
    {
        var history = new LossHistory(2);
        for (var i = 0; i < 30; i++)
            history.Add(0, 1);
        for (var i = 0; i < 10; i++)
        {
            Assert.That(history.IsFull, Is.False);
            history.Add(1, 1);
        }
        Assert.That(history.IsFull, Is.True);
    }

    [Test]
    public void LossesThatAreNotFinite_StayOut()
    {
        var history = new LossHistory(1);
        foreach (var loss in (float[])[2, float.NaN, float.PositiveInfinity, 2, float.NegativeInfinity])
            history.Add(0, loss);
        Assert.That(history.RootMeanSquare(0), Is.EqualTo(2));
        Assert.That(history.Export(), Is.EqualTo((float[])[2, 2, .. Enumerable.Repeat(float.NaN, 8)]));
    }

    [Test]
    public void LargeLosses_DoNotOverflow()
    {
        var history = new LossHistory(1);
        history.Add(0, float.MaxValue);
        Assert.That(history.RootMeanSquare(0), Is.EqualTo(float.MaxValue).Within(1e-12).Percent);
    }

    [Test]
    public void Add_OfATensor_IsInItsOrderAndLeavesNothingAlive()
    {
        using var losses = tensor(new[] { 1f, 2, 3 }, requires_grad: true);
        var history = new LossHistory(2);
        Expect.NoLeak(() => history.Add([1, 0, 1], losses));
        Assert.That(history.Export()[10..14], Is.EqualTo(new float[] { 1, 3, 1, 3 }));
        Assert.That(history.Export()[..3], Is.EqualTo(new[] { 2, 2, float.NaN }));
    }

    [Test]
    public void Import_OfAnExport_GoesOnAlike()
    {
        var (first, second) = (new LossHistory(4), new LossHistory(4));
        Fill(first, 0, 50);
        second.Add(3, 99);
        second.Import(first.Export());
        Assert.That(second.Export(), Is.EqualTo(first.Export()));
        Fill(first, 50, 90);
        Fill(second, 50, 90);
        Assert.That(second.Export(), Is.EqualTo(first.Export()));

        static void Fill(LossHistory history, int from, int to)
        {
            for (var i = from; i < to; i++)
                history.Add(i * i % 4, i);
        }
    }

    [Test]
    public void WhatDoesNotFit_IsRefusedWithTheRuleAndChangesNothing()
    {
        using var two = zeros(2);
        using var square = zeros(1, 1);
        var history = new LossHistory(2);
        history.Add(0, 7);
        var before = history.Export();
        Assert.That(() => new LossHistory(0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => history.Add(2, 1), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("0..1"));
        Assert.That(() => history.RootMeanSquare(-1), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("0..1"));
        Assert.That(() => history.Add([0], two), Throws.ArgumentException.With.Message.Contains("1 steps").And.Message.Contains("[2]"));
        Assert.That(() => history.Add([0], square), Throws.ArgumentException.With.Message.Contains("[1, 1]"));
        Assert.That(() => history.Import(new float[19]),
            Throws.ArgumentException.With.Message.Contains("each of 2 steps").And.Message.Contains("are 19"));
        foreach (var (place, value) in new[] { (12, float.NaN), (19, float.PositiveInfinity) })
        {
            var wrong = Enumerable.Repeat(1f, 20).ToArray();
            wrong[place] = value;
            Assert.That(() => history.Import(wrong), Throws.ArgumentException.With.Message.Contains("those of step 1"));
        }
        Assert.That(history.Export(), Is.EqualTo(before));
    }
}
