import Foundation
import Testing

#if os(Linux)
import Glibc

/// Ctrl-C while an optimisation runs, and the progress that a terminal shows until then.
struct InterruptionTests {
  /// Whether this system gives pseudo-terminals; a bare container may have none.
  private static let hasTerminals: Bool = {
    let terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY)
    if terminal >= 0 { close(terminal) }
    return terminal >= 0
  }()

  @Test(
    .enabled(if: hasTerminals, "this system has no pseudo-terminals"),
    arguments: [
      (["embed", "face.png", "-o", "out.code", "--steps", "100000"], SIGINT, "embedding face.png"),
      (
        [
          "edit", "face.code", "--mask", "painted.png", "-o", "out.png", "--whole", "--steps",
          "100000",
        ],
        SIGTERM, "editing face.code"
      ),
    ])
  func interrupted(_ arguments: [String], _ signal: Int32, _ label: String) throws {
    let work = try Workspace()
    let (terminal, side) = try pseudoTerminal()
    defer { close(terminal) }
    let process = SemblanceBinary.process(arguments, in: work.folder)
    process.environment?["TERM"] = "xterm"
    process.environment?["NO_COLOR"] = "1"
    process.standardOutput = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    process.standardError = FileHandle(fileDescriptor: side, closeOnDealloc: false)
    try process.run()
    close(side)
    // The first line of progress says that the optimisation runs.
    let progress = readText(terminal) { $0.contains("/100000") }
    #expect(progress.hasPrefix("\r\(label)  ["))
    kill(process.processIdentifier, signal)
    // A program that goes on must not hold up the tests. What it wrote before the signal may be long:
    // on a busy machine this side reads late.
    let deadline = ContinuousClock.now + .seconds(60)
    let rest = readText(terminal) { _ in ContinuousClock.now > deadline }
    if ContinuousClock.now > deadline { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    #expect(process.terminationReason == .exit)
    #expect(process.terminationStatus == 128 + signal)
    #expect(
      rest.suffix(60).components(separatedBy: "\r\u{1B}[K").last
        == "semblance: interrupted; nothing was written\r\n")
    #expect(work.added.isEmpty)
  }

  private struct NoTerminal: Error {}

  /// Both sides of a new pseudo terminal.
  private func pseudoTerminal() throws -> (terminal: Int32, side: Int32) {
    let terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY)
    guard terminal >= 0 else { throw NoTerminal() }
    // TIOCSPTLCK and TIOCGPTN of <asm-generic/ioctls.h>: unlock, and which one it is.
    var (lock, number): (Int32, UInt32) = (0, 0)
    guard ioctl(terminal, 0x4004_5431, &lock) == 0, ioctl(terminal, 0x8004_5430, &number) == 0
    else { throw NoTerminal() }
    let side = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
    guard side >= 0 else { throw NoTerminal() }
    return (terminal, side)
  }

  /// What the program writes until `isEnough`, or until it has gone.
  private func readText(_ terminal: Int32, until isEnough: (String) -> Bool) -> String {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(terminal, &chunk, chunk.count)
      // A terminal whose other side is closed gives an error, not an end.
      guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
      bytes += chunk[..<count]
      let text = String(decoding: bytes, as: UTF8.self)
      if isEnough(text) { return text }
    }
  }
}
#endif
