import Checkpoints
import TensorCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The measurements of a benchmark, for machines.
struct BenchmarkReport: Encodable {
  /// The benchmark's name.
  let benchmark: String
  /// Threads that worked.
  let threads: Int
  /// The instruction set that kernels used.
  let instructionSet: String
  /// One measurement for each case.
  let measurements: [Measurement]

  /// A report of measurements that were just made.
  init(benchmark: String, measurements: [Measurement]) {
    self.benchmark = benchmark
    threads = Parallel.threads
    instructionSet = InstructionSet.current.rawValue
    self.measurements = measurements
  }

  /// The report as a JSON object.
  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }

  /// Writes the JSON object to a file.
  func write(to path: String) throws {
    let bytes = Array(try json().utf8) + [UInt8(ascii: "\n")]
    try AtomicFile.write(bytes, to: path)
  }
}
