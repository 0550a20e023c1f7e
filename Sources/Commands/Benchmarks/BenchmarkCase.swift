import TensorCore

/// One piece of work that is measured.
struct BenchmarkCase {
  /// Names the case on the command line.
  let name: String
  /// Multiplications and additions of one run, as if every convolution were computed directly; nil
  /// when they say nothing.
  var operations: Double?
  /// Makes what the work needs, and returns the work: one run, which returns what it cost.
  let prepare: () throws -> () throws -> RunCost

  /// What one run cost, as far as it does not show in this process.
  struct RunCost {
    /// Seconds, when the run measured them itself.
    var seconds: Double?
    /// The largest resident memory of another process, in bytes.
    var residentBytes: Int?

    /// A run that is measured from outside.
    static let measuredOutside = RunCost()
  }

  /// A case whose work is done in this process.
  init(_ name: String, operations: Double? = nil, prepare: @escaping () throws -> () -> Void) {
    self.name = name
    self.operations = operations
    self.prepare = {
      let work = try prepare()
      return {
        work()
        return .measuredOutside
      }
    }
  }

  /// A case whose work measures itself.
  init(_ name: String, measured: @escaping () throws -> RunCost) {
    self.name = name
    prepare = { measured }
  }

  /// Runs twice for warming up and then until `seconds` are used up, three times at least.
  func measure(seconds: Double) throws -> Measurement {
    let work = try prepare()
    let clock = ContinuousClock()
    // The second run finds the blocks of memory that the first still held while it made others.
    for _ in 0..<2 { _ = try work() }
    let before = StoragePool.statistics
    var times: [Double] = []
    var resident = 0
    let start = clock.now
    while times.count < 3 || (clock.now - start) / .seconds(1) < seconds {
      let begin = clock.now
      let cost = try work()
      times.append(cost.seconds ?? (clock.now - begin) / .seconds(1))
      resident = max(resident, cost.residentBytes ?? 0)
    }
    let after = StoragePool.statistics
    return Measurement(
      name: name, times: times, operations: operations,
      peakLiveBytes: after.peakLiveBytes,
      peakResidentBytes: resident > 0 ? resident : ProcessMemory.peakResidentBytes,
      systemAllocations: after.systemAllocations - before.systemAllocations)
  }
}
