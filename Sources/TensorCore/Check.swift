/// Stops the program with `message` when `condition` does not hold.
///
/// For bugs of the program only (shapes that cannot meet): no input, file or request may reach a
/// failing check. Unlike `precondition`, the message is also printed by release builds.
@inlinable @inline(__always)
public func check(
  _ condition: @autoclosure () -> Bool, _ message: @autoclosure () -> String,
  file: StaticString = #fileID, line: UInt = #line
) {
  if !condition() { fatalError(message(), file: file, line: line) }
}
