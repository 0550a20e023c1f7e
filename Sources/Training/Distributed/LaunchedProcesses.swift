import TensorCore

/// The processes that a launcher (`mpirun`, `srun`) started together with this one.
public enum LaunchedProcesses {
  /// What launchers tell each process of how many there are: Open MPI, MPICH and its relatives,
  /// Slurm.
  private static let variables = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"]

  /// How many processes a launcher says there are, and the variable that says so; nil for a process
  /// that was started alone.
  static func count(_ environment: [String: String]) -> (count: Int, variable: String)? {
    for variable in variables {
      if let count = environment[variable].flatMap({ Int($0) }), count > 1 {
        return (count, variable)
      }
    }
    return nil
  }

  /// The group of all processes; this one alone without a launcher. Call it once.
  ///
  /// - Throws: `TrainingError.builtWithoutMPI` where there are several, which a program without MPI
  ///   cannot join: each would write the same files. `.otherMPI` when the launcher is not of the MPI
  ///   that the program was built with.
  public static func join(_ environment: [String: String]) throws(TrainingError)
    -> any ProcessGroup
  {
    guard let (count, variable) = count(environment) else { return SingleProcess() }
    #if MPI
    let group = MPIProcessGroup()
    guard group.count == count else {
      throw .otherMPI(processes: count, variable: variable, joined: group.count)
    }
    return group
    #else
    throw .builtWithoutMPI(processes: count, variable: variable)
    #endif
  }

  /// Leaves the group. After a failure it must not be called: a process that ends without it ends
  /// all others.
  public static func leave(_ group: any ProcessGroup) {
    #if MPI
    (group as? MPIProcessGroup)?.end()
    #endif
  }
}
