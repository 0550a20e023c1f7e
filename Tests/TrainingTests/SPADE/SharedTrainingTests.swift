import Networks
import TensorCore
import Testing

@testable import Training

/// Several processes that train one SPADE model.
@Suite("SPADE training in several processes")
struct SharedTrainingTests {
  private let workspace: Workspace
  private let layouts: SmallLayouts

  init() throws {
    workspace = try Workspace()
    layouts = try SmallLayouts(count: 7, in: workspace)
  }

  /// A kind of network and how it is trained.
  enum Kind: String, CaseIterable, Sendable {
    /// SPADE with a style encoder; the discriminator sees pictures that are drawn anew.
    case spade
    /// pix2pixHD++ with batch normalisation.
    case pix2pixHD

    var description: SPADEDescription {
      self == .spade ? SmallLayouts.description(latentSize: 4) : SmallLayouts.pix2pixHD
    }
  }

  /// What a run left: the losses of every step and the averaged model.
  struct Run: Sendable {
    var losses: [[LossTerm]] = []
    var model: [String: [UInt32]] = [:]
  }

  private static func run(
    _ kind: Kind, _ layouts: SmallLayouts, _ processes: any ProcessGroup, steps: Int = 20,
    stopping: @escaping (TrainingProgress) -> Bool = { _ in false }
  ) throws -> Run {
    var options = SPADETrainingOptions.small(steps: steps)
    options.batchSize = 4
    options.discriminatorFilters = 4
    options.soloShare = 0.25
    // The paper's rates. Higher ones let these tiny networks run apart by rounding alone.
    (options.generatorRate, options.discriminatorRate) = (1e-4, 4e-4)
    options.renewsPictures = kind == .spade
    let training = try SPADETraining(
      kind.description, options: options, data: layouts.set(), processes: processes)
    var run = Run()
    try training.run {
      run.losses.append($0.losses)
      return !stopping($0)
    }
    run.model = try training.averagedModel(batches: 1).mapValues { $0.values.map(\.bitPattern) }
    return run
  }

  private func share(
    _ kind: Kind, among count: Int = 2, steps: Int = 20,
    stopping: @escaping @Sendable (Int, Int) -> Bool = { _, _ in false }
  ) throws -> [Run] {
    try InMemoryProcessGroup.run(count) { [layouts] processes in
      try Self.run(kind, layouts, processes, steps: steps) {
        stopping(processes.rank, $0.step)
      }
    }
  }

  @Test("two processes have the losses of one that has all pairs", arguments: Kind.allCases)
  func losses(kind: Kind) throws {
    let alone = try Self.run(kind, layouts, SingleProcess())
    let shared = try share(kind)
    #expect(alone.losses.count == 20 && shared[0].losses.count == 20)
    for (step, (one, two)) in zip(alone.losses, shared[0].losses).enumerated() {
      for (a, b) in zip(one, two) {
        #expect(a.name == b.name)
        // The norm jumps where a rounding error turns a rectifier on or off.
        if a.name == "gradient norm", step >= 5 { continue }
        #expect(
          abs(a.value - b.value) <= 1e-4 * abs(a.value), "\(a.name) of step \(step): \(a), \(b)")
      }
    }
  }

  @Test("all processes have the same bytes, in every run", arguments: [2, 4])
  func bytes(count: Int) throws {
    let first = try share(.spade, among: count, steps: 6)
    let second = try share(.spade, among: count, steps: 6)
    for run in first + second {
      #expect(run.losses == first[0].losses)
      #expect(run.model == first[0].model)
    }
  }

  @Test("when one process is asked to stop, all stop at the same step")
  func stopping() throws {
    let runs = try share(.pix2pixHD) { rank, step in rank == 1 && step == 3 }
    #expect(runs.map(\.losses.count) == [3, 3])
  }

  @Test("a loss that is no number in one process stops all of them")
  func divergence() throws {
    let steps = try InMemoryProcessGroup.run(2) { [layouts] processes -> Int in
      var options = SPADETrainingOptions.small(steps: 5)
      options.batchSize = 2
      let training = try SPADETraining(
        SmallLayouts.pix2pixHD, options: options, data: layouts.set(), processes: processes)
      do {
        try training.run {
          if processes.rank == 1, $0.step == 2 {
            for weight in training.networks.generator.parameters.values {
              weight.pointer[0] = .nan
            }
          }
          return true
        }
      } catch TrainingError.diverged(let step, _) {
        return step
      }
      return -1
    }
    #expect(steps == [2, 2])
  }

  @Test("sums are those of all processes, whatever the number of parts")
  func sums() throws {
    for length in [1, 2, 5, 200_001] {
      let sums = try InMemoryProcessGroup.run(3) { processes -> [Float] in
        var values = (0..<length).map { Float($0 % 100) + Float(processes.rank) / 2 }
        values.withUnsafeMutableBufferPointer { processes.sum($0) }
        return values
      }
      let expected = (0..<length).map { 3 * Float($0 % 100) + 1.5 }
      #expect(sums == [expected, expected, expected])
    }
  }
}

/// How a process learns that it is not alone.
@Suite("Launchers")
struct LaunchedProcessesTests {
  @Test("the number of processes comes from Open MPI, MPICH or Slurm")
  func counts() {
    #expect(LaunchedProcesses.count(["OMPI_COMM_WORLD_SIZE": "2"])?.count == 2)
    #expect(LaunchedProcesses.count(["PMI_SIZE": "3"])?.variable == "PMI_SIZE")
    #expect(LaunchedProcesses.count(["SLURM_STEP_NUM_TASKS": "8"])?.count == 8)
    for alone in [[:], ["PMI_SIZE": "1"], ["OMPI_COMM_WORLD_SIZE": "many"]] {
      #expect(LaunchedProcesses.count(alone) == nil)
    }
  }

  @Test("errors say what to do")
  func texts() {
    #expect(
      TrainingError.builtWithoutMPI(processes: 2, variable: "PMI_SIZE").text
        == "PMI_SIZE says that this is one of 2 processes, but the program was built without MPI "
        + "and each would write the same files; build it with 'swift build -c release --traits MPI' "
        + "or start one process")
    #expect(
      TrainingError.otherMPI(processes: 2, variable: "PMI_SIZE", joined: 1).text
        == "PMI_SIZE says that this is one of 2 processes, but the MPI that the program was built "
        + "with joined 1; use the launcher of that MPI")
    #expect(
      TrainingError.unequalParts(batch: 5, processes: 2).text
        == "--batch is 5 for 2 processes, which need equal parts; give a multiple of 2")
  }
}
