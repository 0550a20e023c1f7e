import Checkpoints

/// Several manifests as one.
public struct BatchManifestMerge {
  /// What came together.
  public struct Outcome: Equatable, Sendable {
    /// Results that are there.
    public var done = 0
    /// Photos without result.
    public var failed = 0
    /// Lines that are no records and were left out.
    public var damaged = 0
  }

  /// Writes one line for each result that the manifests speak of.
  ///
  /// Of several lines about a result that of the latest work counts; a result goes before a failure.
  ///
  /// - Returns: how many results and failures there are.
  /// - Throws: `EditingError` for files that cannot be read or written.
  public static func merge(_ paths: [String], into path: String) throws(EditingError) -> Outcome {
    struct Best {
      var file: Int
      var offset: Int
      var count: Int
      var isDone: Bool
      var finished: String
    }
    var files: [LineFile] = []
    for path in paths { files.append(try LineFile(reading: path)) }
    var best: [String: Best] = [:]
    var outcome = Outcome()
    for (index, file) in files.enumerated() {
      let end = file.forEachLine(from: 0) { line, offset in
        guard let record = BatchRecord(line: line) else {
          outcome.damaged += 1
          return
        }
        let new = Best(
          file: index, offset: offset, count: line.count, isDone: record.isDone,
          finished: record.finished)
        if let old = best[record.output],
          (old.isDone ? 1 : 0, old.finished) > (new.isDone ? 1 : 0, new.finished)
        {
          return
        }
        best[record.output] = new
      }
      if !(file.bytes(at: end, count: 1) ?? []).isEmpty { outcome.damaged += 1 }
    }
    do throws(CheckpointError) {
      try AtomicFile.write(to: path) { output throws(CheckpointError) in
        for (_, place) in best.sorted(by: { $0.key < $1.key }) {
          var line = files[place.file].bytes(at: place.offset, count: place.count) ?? []
          line.append(UInt8(ascii: "\n"))
          try line.span.bytes.withUnsafeBytes { (bytes) throws(CheckpointError) in
            try output.write(bytes)
          }
          if place.isDone { outcome.done += 1 } else { outcome.failed += 1 }
        }
      }
    } catch { throw .checkpoint(error) }
    return outcome
  }
}
