import ArgumentParser

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// This program, started again with other arguments; what it prints is dropped.
struct ChildProcess {
  private let path: String
  private let arguments: [String]

  /// - Throws: `ValidationError` when the program's file is unknown.
  init(_ arguments: [String]) throws {
    guard let path = Self.ownPath else {
      throw ValidationError("the program's own file cannot be found")
    }
    self.path = path
    self.arguments = arguments
  }

  /// Runs it to its end.
  ///
  /// - Throws: `ValidationError` when it cannot be started or fails.
  func run() throws -> BenchmarkCase.RunCost {
    var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) }
    words.append(nil)
    defer { words.forEach { free($0) } }
    #if canImport(Darwin)
    var actions: posix_spawn_file_actions_t?
    #else
    var actions = posix_spawn_file_actions_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for stream: Int32 in 1...2 {
      posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_WRONLY, 0)
    }
    let clock = ContinuousClock()
    let begin = clock.now
    var identifier = pid_t()
    guard posix_spawn(&identifier, path, &actions, nil, words, environ) == 0 else {
      throw ValidationError("\(path) cannot be started")
    }
    var status: Int32 = 0
    var usage = rusage()
    while wait4(identifier, &status, 0, &usage) < 0 && errno == EINTR {}
    let seconds = (clock.now - begin) / .seconds(1)
    guard status == 0 else {
      throw ValidationError("semblance \(arguments.joined(separator: " ")) failed; run it alone")
    }
    return .init(seconds: seconds, residentBytes: ProcessMemory.bytes(of: usage))
  }

  private static var ownPath: String? {
    #if canImport(Darwin)
    return CommandLine.arguments.first
    #else
    guard let resolved = realpath("/proc/self/exe", nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
    #endif
  }
}
