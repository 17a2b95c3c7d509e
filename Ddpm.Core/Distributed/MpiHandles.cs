namespace Ddpm.Distributed;

/// <summary>
/// What an MPI library calls its constants: the two ABIs in use differ in these alone. Integers are handed over as pointers' low bits.
/// </summary>
/// <param name="World">MPI_COMM_WORLD.</param>
/// <param name="Float">MPI_FLOAT.</param>
/// <param name="Double">MPI_DOUBLE.</param>
/// <param name="Byte">MPI_BYTE.</param>
/// <param name="Sum">MPI_SUM.</param>
/// <param name="AnySource">MPI_ANY_SOURCE.</param>
internal sealed record MpiHandles(nint World, nint Float, nint Double, nint Byte, nint Sum, int AnySource)
{
    /// <summary>MPICH's, which are numbers; Intel MPI, MVAPICH and Cray MPICH have the same.</summary>
    internal static MpiHandles Mpich { get; } = new(0x44000000, 0x4c00040a, 0x4c00080b, 0x4c00010d, 0x58000003, AnySource: -2);

    /// <summary>Open MPI's, which are addresses of variables of the library.</summary>
    /// <param name="address">Of a symbol.</param>
    internal static MpiHandles OpenMpi(Func<string, nint> address) => new(
        address("ompi_mpi_comm_world"), address("ompi_mpi_float"), address("ompi_mpi_double"), address("ompi_mpi_byte"), address("ompi_mpi_op_sum"),
        AnySource: -1);
}
