import TensorCore

/// The pairs of a step that one process works on.
struct BatchPart: Equatable {
  /// Pairs of all processes.
  let size: Int
  /// The places of those of this process.
  let range: Range<Int>

  /// The whole batch.
  init(of size: Int) { (self.size, range) = (size, 0..<size) }

  /// The part of a process; all parts are equally large.
  init(of size: Int, for processes: any ProcessGroup) {
    let length = size / processes.count
    self.size = size
    range = processes.rank * length..<(processes.rank + 1) * length
  }
}

extension ProcessGroup {
  /// Whether the condition holds in every process.
  func allAgree(_ condition: Bool) -> Bool {
    guard count > 1 else { return condition }
    var votes: [Float] = [condition ? 0 : 1]
    votes.withUnsafeMutableBufferPointer { sum($0) }
    return votes[0] == 0
  }

  /// The means of losses over all processes.
  func mean(_ terms: [LossTerm]) -> [LossTerm] {
    guard count > 1 else { return terms }
    var values = terms.map(\.value)
    values.withUnsafeMutableBufferPointer { sum($0) }
    return zip(terms, values).map { LossTerm($0.name, $1 / Float(count)) }
  }

  /// The means of gradients over all processes.
  func mean(_ gradients: [Tensor]) -> [Tensor] {
    guard count > 1 else { return gradients }
    return withoutRecording {
      gradients.map { gradient in
        let result = gradient / Float(count)
        sum(UnsafeMutableBufferPointer(start: result.pointer, count: result.count))
        return result
      }
    }
  }
}
