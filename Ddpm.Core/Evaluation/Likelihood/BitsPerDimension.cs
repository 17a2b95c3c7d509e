namespace Ddpm.Evaluation;

/// <summary>The variational bound on -log₂ p(x_0), in bits a value: what <see cref="VariationalBound"/> measures. Less is better.</summary>
/// <param name="Images">The bound of each image: all measured terms and the prior.</param>
/// <param name="Prior">L_T, the cost of telling x_T apart from pure noise, as a mean over the images.</param>
/// <param name="Terms">The measured terms in the order of the reverse process, from L_{T-1} to L_0.</param>
public sealed record BitsPerDimension(IReadOnlyList<double> Images, double Prior, IReadOnlyList<BoundTerm> Terms)
{
    /// <summary>The bound of each image: all measured terms and the prior.</summary>
    public IReadOnlyList<double> Images { get; init => field = EquatableList.Of(value); } = EquatableList.Of(Images);

    /// <summary>The measured terms in the order of the reverse process, from L_{T-1} to L_0.</summary>
    public IReadOnlyList<BoundTerm> Terms { get; init => field = EquatableList.Of(value); } = EquatableList.Of(Terms);

    /// <summary>The mean over the images.</summary>
    public double Mean => Images.Average();
}
