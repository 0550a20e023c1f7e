import Foundation
import TensorCore

/// Threads that play the processes of a group.
final class InMemoryProcessGroup: ProcessGroup {
  /// Where the threads meet.
  private final class Meeting: @unchecked Sendable {
    private let condition = NSCondition()
    private var given: [Int: [UInt8]] = [:]
    private var readers = 0
    let count: Int

    init(count: Int) { self.count = count }

    /// What every process gave, in their order, once all have.
    func meet(_ rank: Int, giving bytes: [UInt8]) -> [[UInt8]] {
      condition.lock()
      defer { condition.unlock() }
      // Those who have not yet read the last round's parts come first.
      while readers > 0 { condition.wait() }
      given[rank] = bytes
      if given.count == count {
        readers = count
        condition.broadcast()
      }
      while readers == 0 { condition.wait() }
      let all = (0..<count).compactMap { given[$0] }
      readers -= 1
      if readers == 0 {
        given = [:]
        condition.broadcast()
      } else {
        while readers > 0 { condition.wait() }
      }
      return all
    }
  }

  private final class Results<Value>: @unchecked Sendable {
    var values: [Int: Result<Value, any Error>] = [:]
  }

  let rank: Int
  var count: Int { meeting.count }
  private let meeting: Meeting

  private init(rank: Int, meeting: Meeting) {
    self.rank = rank
    self.meeting = meeting
  }

  /// Runs `body` in `count` threads at once, each in its place in the group; returns what they
  /// return, in the order of the processes.
  static func run<Value: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (InMemoryProcessGroup) throws -> Value
  ) throws -> [Value] {
    let meeting = Meeting(count: count)
    let (results, lock, done) = (Results<Value>(), NSLock(), DispatchSemaphore(value: 0))
    for rank in 0..<count {
      let thread = Thread {
        let result = Result { try body(InMemoryProcessGroup(rank: rank, meeting: meeting)) }
        lock.withLock { results.values[rank] = result }
        done.signal()
      }
      thread.stackSize = 8 << 20
      thread.start()
    }
    for _ in 0..<count { done.wait() }
    return try (0..<count).compactMap { try results.values[$0]?.get() }
  }

  func exchange(
    _ outgoing: UnsafeRawBufferPointer, into incoming: UnsafeMutableRawBufferPointer
  ) {
    let part = outgoing.count / count
    let parts = meeting.meet(rank, giving: Array(outgoing)).map {
      $0[rank * part..<(rank + 1) * part]
    }
    incoming.copyBytes(from: parts.joined())
  }

  func gather(
    _ outgoing: UnsafeRawBufferPointer, into incoming: UnsafeMutableRawBufferPointer
  ) {
    incoming.copyBytes(from: meeting.meet(rank, giving: Array(outgoing)).joined())
  }
}
