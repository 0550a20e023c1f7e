import Checkpoints

/// A page that shows what a batch made: one file that needs nothing else, with a slider between each
/// photo and its result, the mask and the numbers.
public struct BatchReport {
  private let run: BatchRun
  private let summary: BatchSummary
  private let title: String

  /// A report on a run that kept thumbnails.
  public init(on run: BatchRun, summary: BatchSummary, title: String) {
    self.run = run
    self.summary = summary
    self.title = title
  }

  /// Writes the page, one photo after the other.
  ///
  /// - Throws: `EditingError` when the page cannot be written.
  public func write(to path: String) throws(EditingError) {
    let results = try BatchResults(of: run)
    do throws(CheckpointError) {
      try AtomicFile.write(to: path) { file throws(CheckpointError) in
        try file.write(text: head)
        for item in run.items {
          guard let record = results.record(of: item) else { continue }
          try file.write(text: section(record, results.thumbnails(of: record)))
        }
        try file.write(text: "</main>\n</body>\n</html>\n")
      }
    } catch { throw .checkpoint(error) }
  }

  private var head: String {
    let progress = summary.progress
    let state = summary.wasStopped ? "Stopped before the end. " : ""
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(title.inHTML)</title>
      <style>\(Self.style)</style>
      </head>
      <body>
      <h1>\(title.inHTML)</h1>
      <p>\(state)\(progress.total) photos: \(progress.made) made in this run, \(progress.skipped) were
      there already, \(progress.failed) failed.</p>
      <main>

      """
  }

  private func section(_ record: BatchRecord, _ pictures: String?) -> String {
    var html = "<figure>\n"
    if let pictures {
      html += "<div class=\"pair\">\n\(pictures)\n"
      html += "<input type=\"range\" aria-label=\"before and after\" value=\"50\" "
      html += "oninput=\"this.parentNode.style.setProperty('--at', this.value + '%')\">\n</div>\n"
    }
    html += "<figcaption><b>\(record.input.inHTML)</b><br>"
    if let error = record.error {
      html += "<span class=\"error\">\(error.inHTML)</span>"
    } else {
      html += "\(record.output.inHTML)<br>\(numbers(record).inHTML)"
    }
    for warning in record.warnings ?? [] { html += "<br>\(warning.inHTML)" }
    return html + "</figcaption>\n</figure>\n"
  }

  private func numbers(_ record: BatchRecord) -> String {
    var parts = ["strength \(record.strength)"]
    if let metrics = record.metrics {
      if let psnr = metrics.psnr { parts.append("reconstruction \(psnr) dB") }
      parts.append("region \(metrics.regionPixels) pixels")
      parts.append("change outside \(metrics.outsideChange) of 255")
    }
    if let seconds = record.seconds { parts.append("\(seconds.total) s") }
    return parts.joined(separator: ", ")
  }

  private static let style = """
    body { font: 14px system-ui, sans-serif; margin: 2em; background: #fff; color: #222 }
    main { display: grid; grid-template-columns: repeat(auto-fill, minmax(420px, 1fr)); gap: 1.5em }
    figure { margin: 0; content-visibility: auto; contain-intrinsic-size: 420px 280px }
    figcaption { overflow-wrap: anywhere }
    .pair { --at: 50%; position: relative; width: 416px; height: 224px }
    .pair img { position: absolute; left: 0; top: 0; width: 200px; height: 200px; object-fit: contain }
    .pair .after { clip-path: inset(0 0 0 var(--at)) }
    .pair .mask { left: 208px; image-rendering: pixelated }
    .pair input { position: absolute; left: 0; top: 202px; width: 196px }
    .error { color: #b00 }
    """
}

extension AtomicFile {
  fileprivate func write(text: String) throws(CheckpointError) {
    let bytes = Array(text.utf8)
    try bytes.span.bytes.withUnsafeBytes { (raw) throws(CheckpointError) in try write(raw) }
  }
}

extension String {
  /// The text with the characters escaped that mean something in HTML.
  var inHTML: String {
    var result = ""
    for character in self {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.append(character)
      }
    }
    return result
  }
}
