/// Processes that compute together, each on its part of every batch.
///
/// All of them make the same calls in the same order; a call returns when every process has made it.
public protocol ProcessGroup: AnyObject {
  /// Which of the processes this one is, from 0.
  var rank: Int { get }
  /// How many there are.
  var count: Int { get }

  /// Gives part `r` of `outgoing` to process `r`, and receives the parts that are meant for this one
  /// in the order of the processes. Both buffers have `count` parts of equal size.
  func exchange(_ outgoing: UnsafeRawBufferPointer, into incoming: UnsafeMutableRawBufferPointer)

  /// Receives the `outgoing` of all processes, of equal size, in their order.
  func gather(_ outgoing: UnsafeRawBufferPointer, into incoming: UnsafeMutableRawBufferPointer)
}

extension ProcessGroup {
  /// Replaces numbers by their sums over all processes. Summands come in the order of the processes:
  /// all of them get the same bytes, in every run.
  public func sum(_ values: UnsafeMutableBufferPointer<Float>) { addParts(values) }

  /// Replaces numbers by their sums over all processes. Summands come in the order of the processes:
  /// all of them get the same bytes, in every run.
  public func sum(_ values: UnsafeMutableBufferPointer<Double>) { addParts(values) }

  /// Every process adds up one part of the numbers and hands the sums to the others, so that each
  /// number is sent twice however many processes there are.
  private func addParts<Number: BinaryFloatingPoint>(_ values: UnsafeMutableBufferPointer<Number>) {
    guard count > 1, !values.isEmpty else { return }
    let part = min(1 << 16, (values.count + count - 1) / count)
    var outgoing = [Number](repeating: 0, count: part * count)
    var incoming = outgoing
    var sums = [Number](repeating: 0, count: part)
    for start in stride(from: 0, to: values.count, by: part * count) {
      let length = min(part * count, values.count - start)
      for index in 0..<length { outgoing[index] = values[start + index] }
      outgoing.withUnsafeBytes { source in
        incoming.withUnsafeMutableBytes { exchange(source, into: $0) }
      }
      for index in 0..<part {
        var sum = incoming[index]
        for process in 1..<count { sum += incoming[process * part + index] }
        sums[index] = sum
      }
      sums.withUnsafeBytes { source in
        outgoing.withUnsafeMutableBytes { gather(source, into: $0) }
      }
      for index in 0..<length { values[start + index] = outgoing[index] }
    }
  }
}

/// The group of a process that computes alone.
public final class SingleProcess: ProcessGroup {
  /// 0.
  public let rank = 0
  /// 1.
  public let count = 1

  /// A group of one.
  public init() {}

  /// Hands the only part to this process itself.
  public func exchange(
    _ outgoing: UnsafeRawBufferPointer, into incoming: UnsafeMutableRawBufferPointer
  ) {
    incoming.copyMemory(from: outgoing)
  }

  /// Receives what this process itself gives.
  public func gather(
    _ outgoing: UnsafeRawBufferPointer, into incoming: UnsafeMutableRawBufferPointer
  ) {
    incoming.copyMemory(from: outgoing)
  }
}
