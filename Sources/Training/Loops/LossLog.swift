import Checkpoints

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The losses of a run as a table with commas (CSV): a line for each logged step.
///
/// Lines are kept until they are written together with a state of the run, so that table and state
/// always tell of the same step.
public struct LossLog {
  /// The file.
  public let path: String
  private var header: String?
  private var lines: [(step: Int, text: String)] = []

  /// A log at `path`; of an existing one the lines up to `step` are kept when a run is resumed.
  ///
  /// - Parameter step: the step after which the run is resumed; nil begins anew.
  public init(path: String, keepingThrough step: Int? = nil) {
    self.path = path
    guard let step, let data = FileManager.default.contents(atPath: path) else { return }
    let rows = String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    header = rows.first
    for row in rows.dropFirst() {
      guard let number = row.split(separator: ",").first.flatMap({ Int($0) }), number <= step
      else { continue }
      lines.append((number, row))
    }
  }

  /// Adds a line.
  public mutating func append(_ progress: TrainingProgress) {
    header = "step,rate," + progress.losses.map(\.name).joined(separator: ",")
    let values = [progress.rate] + progress.losses.map(\.value)
    lines.append(
      (progress.step, "\(progress.step)," + values.map { "\($0)" }.joined(separator: ",")))
  }

  /// Writes the table; it appears whole or not at all.
  ///
  /// - Throws: `TrainingError.checkpoint`.
  public func write() throws(TrainingError) {
    let text = ([header ?? "step"] + lines.map(\.text)).joined(separator: "\n") + "\n"
    do throws(CheckpointError) { try AtomicFile.write(Array(text.utf8), to: path) } catch {
      throw .checkpoint(error)
    }
  }
}
