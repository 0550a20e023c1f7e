#if MPI
import CMPI
import TensorCore

/// The processes of an MPI launcher. Errors of MPI end all of them.
final class MPIProcessGroup: ProcessGroup {
  let rank: Int
  let count: Int

  /// Joins the others; once in a process.
  init() {
    var (rank, count): (Int32, Int32) = (0, 1)
    semblance_mpi_begin(&rank, &count)
    self.rank = Int(rank)
    self.count = Int(count)
  }

  /// Waits for the others and leaves them.
  func end() { semblance_mpi_end() }

  func exchange(
    _ outgoing: UnsafeRawBufferPointer, into incoming: UnsafeMutableRawBufferPointer
  ) {
    semblance_mpi_exchange(
      outgoing.baseAddress, incoming.baseAddress, Int32(outgoing.count / count))
  }

  func gather(
    _ outgoing: UnsafeRawBufferPointer, into incoming: UnsafeMutableRawBufferPointer
  ) {
    semblance_mpi_gather(outgoing.baseAddress, incoming.baseAddress, Int32(outgoing.count))
  }
}
#endif
