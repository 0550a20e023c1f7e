import Editing
import Training

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a command says while it works: results on standard output, progress and warnings on
/// standard error.
final class Console {
  private let isQuiet: Bool
  private let writesJSON: Bool
  private let showsProgress: Bool
  private var lineIsOpen = false
  private var batchShown = 0.0

  /// A console.
  ///
  /// - Parameters:
  ///   - isQuiet: says only errors (and JSON, when that is asked for).
  ///   - writesJSON: the result is one JSON object instead of lines.
  init(isQuiet: Bool = false, writesJSON: Bool = false) {
    self.isQuiet = isQuiet
    self.writesJSON = writesJSON
    showsProgress = !isQuiet && Terminal.canRedraw
  }

  /// Prints a line of the result.
  func say(_ line: String) {
    if !isQuiet && !writesJSON { print(line.onOneLine) }
  }

  /// Prints the result for machines, when they asked for it.
  func report(_ result: some Encodable) throws {
    guard writesJSON else { return }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    print(String(decoding: try encoder.encode(result), as: UTF8.self))
  }

  /// Prints a part of a result for machines that is too long to be held as a whole.
  func report(text: String) {
    if writesJSON { print(text, terminator: "") }
  }

  /// A value as JSON in one line.
  static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  /// Prints something worth knowing that does not stop the work.
  func warn(_ message: String) {
    if !isQuiet { writeError("warning: \(message)") }
  }

  /// Prints an error after which the work goes on.
  func fail(_ message: String) { writeError("semblance: \(message)") }

  /// Shows how far work has come, at most ten times a second: call it with what is done and what is
  /// to be done.
  func counter(_ label: String) -> (_ done: Int, _ all: Int) -> Void {
    let clock = ContinuousClock()
    let start = clock.now
    var shown = start
    var isFirst = true
    return { [self] done, all in
      let now = clock.now
      guard showsProgress, isFirst || now - shown >= .milliseconds(100) else { return }
      let elapsed = (now - start) / .seconds(1)
      draw(
        ProgressText.line(
          label: label.onOneLine, step: done, steps: all, elapsed: elapsed,
          columns: Terminal.columns))
      shown = now
      isFirst = false
    }
  }

  /// Shows the progress of an optimisation, and cancels it when the user asks for that.
  ///
  /// - Parameter stepped: called after every step.
  func observer(_ label: String, stepped: @escaping () -> Void = {}) -> OptimizationObserver {
    let count = counter(label)
    return { progress in
      stepped()
      count(progress.step, progress.steps)
      return !Interruption.isRequested
    }
  }

  /// Shows the progress of a training, at most ten times a second, and stops it when the user asks
  /// for that. Without a terminal it prints a line every minute.
  func trainingObserver(_ label: String) -> TrainingObserver {
    let clock = ContinuousClock()
    let start = clock.now
    var shown: ContinuousClock.Instant?
    return { [self] progress in
      let now = clock.now
      let pause: Duration = showsProgress ? .milliseconds(100) : .seconds(60)
      if !isQuiet, now - (shown ?? (showsProgress ? start - pause : start)) >= pause {
        let line = ProgressText.line(label: label, progress: progress, columns: Terminal.columns)
        if showsProgress { draw(line) } else { Terminal.writeError(line + "\n") }
        shown = now
      }
      return !Interruption.isRequested
    }
  }

  /// Shows how far a batch has come, at most ten times a second.
  func show(_ progress: BatchProgress) {
    guard showsProgress, progress.seconds - batchShown >= 0.1 else { return }
    batchShown = progress.seconds
    draw(ProgressText.line(of: progress, columns: Terminal.columns))
  }

  /// Removes the progress line.
  func endProgress() {
    guard lineIsOpen else { return }
    Terminal.writeError("\r\u{1B}[K")
    lineIsOpen = false
  }

  private func draw(_ line: String) {
    let text = Terminal.wantsColor ? "\u{1B}[2m\(line)\u{1B}[0m" : line
    Terminal.writeError("\r\(text)\u{1B}[K")
    lineIsOpen = true
  }

  private func writeError(_ line: String) {
    endProgress()
    Terminal.writeError(line.onOneLine + "\n")
  }
}
