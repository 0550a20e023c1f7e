/// Stops the program with `message` when `condition` does not hold.
///
/// For bugs of the program only: no file and no request may reach a failing check.
@inline(__always)
func check(
  _ condition: @autoclosure () -> Bool, _ message: @autoclosure () -> String,
  file: StaticString = #fileID, line: UInt = #line
) {
  if !condition() { fatalError(message(), file: file, line: line) }
}
