import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Ctrl-C and the system's request to end, turned into a flag that long work looks at.
///
/// The first signal stops the work at its next step; a second one ends the program at once.
enum Interruption {
  private static let received = Atomic<Int32>(0)

  /// From here on the signals are noticed instead of ending the program.
  static func watch() {
    // Made before a handler can run: a handler must not initialise anything.
    received.store(0, ordering: .relaxed)
    for number in [SIGINT, SIGTERM] {
      var action = sigaction()
      let notice: @convention(c) (Int32) -> Void = { number in
        Interruption.received.store(number, ordering: .relaxed)
      }
      set(notice, of: &action)
      action.sa_flags = Int32(truncatingIfNeeded: SA_RESETHAND)
      sigaction(number, &action, nil)
    }
    // A file that may not grow gives an error, as a full disk does, instead of ending the program.
    var ignored = sigaction()
    set(SIG_IGN, of: &ignored)
    sigaction(SIGXFSZ, &ignored, nil)
    // A program that started this one may have left them blocked.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    sigaddset(&signals, SIGTERM)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }

  private static func set(
    _ handler: (@convention(c) (Int32) -> Void)?, of action: inout sigaction
  ) {
    #if canImport(Glibc)
    action.__sigaction_handler.sa_handler = handler
    #else
    action.__sigaction_u.__sa_handler = handler
    #endif
  }

  /// Whether the work should stop.
  static var isRequested: Bool { received.load(ordering: .relaxed) != 0 }

  /// The signal that asked for it.
  static var signal: Int32? {
    let signal = received.load(ordering: .relaxed)
    return signal == 0 ? nil : signal
  }

  /// Stops the command when that was asked for.
  ///
  /// - Parameter written: files that are finished already.
  /// - Throws: `CommandError.interrupted`.
  static func check(written: Int = 0) throws(CommandError) {
    if let signal { throw .interrupted(signal: signal, written: written) }
  }
}
