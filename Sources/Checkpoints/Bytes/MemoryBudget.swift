/// What reading one file may cost: a number of steps and of bytes on the heap, shared by all
/// readers that work on the file, nested ones included.
///
/// A file from a stranger can describe far more than it holds (a thousandfold by deflate, without
/// limit by references), so every step and every block is charged before it is done.
final class MemoryBudget {
  /// Steps that are left.
  private var steps: Int
  /// Bytes that are left.
  private var bytes: Int
  /// The steps that the whole file had.
  let stepLimit: Int
  /// The bytes that the whole file had.
  let byteLimit: Int

  /// The budget for a file of `fileSize` bytes: blocks of three times its size and 32 MB.
  init(fileSize: Int) {
    stepLimit = 300_000
    steps = stepLimit
    byteLimit = min(fileSize, Int.max >> 3) * 3 + 32 << 20
    bytes = byteLimit
  }

  /// Charges one step; false when none is left.
  func takeStep() -> Bool {
    steps -= 1
    return steps >= 0
  }

  /// Charges `count` bytes; false when they are not left.
  func take(bytes count: Int) -> Bool {
    guard count >= 0, count <= bytes else { return false }
    bytes -= count
    return true
  }
}
