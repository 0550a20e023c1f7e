import Editing
import Training

/// The line that shows how far an optimisation has come.
enum ProgressText {
  /// `embedding face.jpg  [=======>    ]  45/100  12 s left`, shortened to fit into `columns`.
  ///
  /// - Parameter elapsed: seconds since the first step began.
  static func line(label: String, step: Int, steps: Int, elapsed: Double, columns: Int) -> String {
    let total = max(steps, 1)
    let done = min(max(step, 0), total)
    let left = done > 0 ? elapsed / Double(done) * Double(total - done) : nil
    let numbers = "\(padded(done, to: total))/\(total)  \(left.map(remaining) ?? "")"
    // The last column stays free: some terminals wrap when it is written.
    let room = columns - 1 - numbers.count - 2
    guard room >= 8 else { return String(numbers.prefix(max(0, columns - 1))) }
    let barWidth = min(30, max(0, room - label.count - 4))
    guard barWidth >= 6 else { return shortened(label, to: room) + "  " + numbers }
    return "\(label)  \(bar(done, of: total, width: barWidth))  \(numbers)"
  }

  /// `training  120/5000  latent 0.431  image 0.212  12 min 4 s left`, shortened to fit into
  /// `columns`; losses that are 0 have not begun and are left out.
  static func line(label: String, progress: TrainingProgress, columns: Int) -> String {
    let losses = progress.losses.filter { $0.value != 0 }
      .map { "  \($0.name) \(text(Double($0.value), decimals: 3))" }.joined()
    let left = progress.secondsLeft.map { "  " + remaining($0) } ?? ""
    return shortened(
      "\(label)  \(padded(progress.step, to: progress.steps))/\(progress.steps)\(losses)\(left)",
      to: columns - 1)
  }

  /// `412/1000  [====>     ]  18.3 photos/s  32 s left  2 failed`, shortened to fit into `columns`.
  static func line(of progress: BatchProgress, columns: Int) -> String {
    var numbers = "\(text(progress.rate, decimals: 1)) photos/s"
    if let left = progress.secondsLeft { numbers += "  \(remaining(left))" }
    if progress.failed > 0 { numbers += "  \(progress.failed) failed" }
    let total = max(progress.total, 1)
    let head = "\(padded(progress.handled, to: total))/\(total)"
    let width = min(30, columns - 1 - head.count - numbers.count - 4)
    guard width >= 6 else { return String("\(head)  \(numbers)".prefix(max(0, columns - 1))) }
    return "\(head)  \(bar(progress.handled, of: total, width: width))  \(numbers)"
  }

  /// How long `seconds` are, in two units at most.
  static func remaining(_ seconds: Double) -> String {
    let rounded = seconds.isFinite ? Int(min(seconds.rounded(.up), 359_999)) : 0
    if rounded < 60 { return "\(rounded) s left" }
    if rounded < 3600 { return "\(rounded / 60) min \(rounded % 60) s left" }
    return "\(rounded / 3600) h \(rounded % 3600 / 60) min left"
  }

  private static func bar(_ done: Int, of total: Int, width: Int) -> String {
    let filled = (width - 2) * done / total
    let head = filled < width - 2 ? ">" : ""
    let line = String(repeating: "=", count: filled) + head
    return "[" + line + String(repeating: " ", count: width - 2 - line.count) + "]"
  }

  private static func padded(_ number: Int, to total: Int) -> String {
    let text = String(number)
    return String(repeating: " ", count: max(0, String(total).count - text.count)) + text
  }

  private static func shortened(_ text: String, to length: Int) -> String {
    text.count <= length ? text : String(text.prefix(max(0, length - 2))) + ".."
  }
}
