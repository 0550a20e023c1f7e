import CKernels
import COpenBLAS
import Dispatch
import Synchronization

/// Work on several threads. The partition of the work never depends on the number of threads, so
/// results are the same bytes for any number.
public enum Parallel {
  private static let configuredThreads = Atomic<Int>(0)

  /// How many threads work at once; the number of cores until it is set.
  public static var threads: Int {
    get {
      let value = configuredThreads.load(ordering: .relaxed)
      return value > 0 ? value : availableCores
    }
    set { configuredThreads.store(max(1, newValue), ordering: .relaxed) }
  }

  private static let availableCores: Int = Int(semblance_processor_count())

  /// Matrix products run inside our own threads, never beside threads of the library.
  static let singleThreadedBLAS: Void = openblas_set_num_threads(1)

  private struct Unchecked<Value>: @unchecked Sendable {
    let value: Value
  }

  /// Calls `body` once for every chunk index in `0..<count`, on up to `threads` threads; returns
  /// when all calls have. Chunks are handed out in order as threads become free.
  public static func forEach(_ count: Int, _ body: (Int) -> Void) {
    let workers = min(threads, count)
    if workers <= 1 {
      for index in 0..<max(count, 0) { body(index) }
      return
    }
    let next = Atomic<Int>(0)
    let instructionSet = semblance_isa_thread_level()
    withoutActuallyEscaping(body) { body in
      let shared = Unchecked(value: body)
      DispatchQueue.concurrentPerform(iterations: workers) { _ in
        let before = semblance_isa_thread_level()
        _ = semblance_isa_set_thread(instructionSet)
        while true {
          let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
          if index >= count { break }
          shared.value(index)
        }
        _ = semblance_isa_set_thread(before)
      }
    }
  }

  /// Splits `0..<count` into ranges of `grain` (the last may be shorter) and calls `body` for each
  /// range on up to `threads` threads.
  public static func forRanges(_ count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
    if count <= 0 { return }
    let chunks = (count + grain - 1) / grain
    if chunks == 1 { return body(0..<count) }
    forEach(chunks) { chunk in
      body(chunk * grain..<min(count, (chunk + 1) * grain))
    }
  }
}
