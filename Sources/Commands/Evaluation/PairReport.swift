import Checkpoints
import Editing
import Evaluation

/// The means of one method over all pairs.
struct PairRow: Encodable {
  var name: String
  var strength: Float?
  var success: Estimate
  var attributeChange: Estimate
  var identity: Estimate
  var outsideChange: Estimate
  var regionDistance: Estimate
  var psnr: Estimate
  var ssim: Estimate
  var unionIoUGain: Estimate?

  init(_ name: String, _ strength: Float?, _ samples: [PairBenchmark.Sample]) throws {
    self.name = name
    self.strength = strength
    success = try Estimate(samples.map { $0.succeeded ? 1 : 0 })
    attributeChange = try Estimate(samples.map(\.attributeChange))
    identity = try Estimate(samples.map(\.identity))
    outsideChange = try Estimate(samples.map(\.outsideChange))
    regionDistance = try Estimate(samples.map(\.regionDistance))
    psnr = try Estimate(samples.map(\.psnr))
    ssim = try Estimate(samples.map(\.ssim))
    let gains = samples.compactMap(\.unionIoUGain)
    unionIoUGain = gains.count == samples.count ? try Estimate(gains) : nil
  }
}

/// A comparison of methods on one folder of pairs.
struct PairReport: Encodable {
  var folder: String
  var attribute: String
  var pairs: Int
  var probeAccuracy: Double?
  var probeExplainedVariance: Double?
  var rows: [PairRow]

  /// The table, with 95 % intervals.
  var markdown: String {
    var lines = [
      "| method | strength | attribute success | attribute change | identity | change outside (/255) "
        + "| distance to truth in region (/255) | PSNR to truth (dB) | mask IoU gain |",
      "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows {
      let cells = [
        row.name, row.strength.map { "\($0)" } ?? "", row.success.text(3),
        row.attributeChange.text(2), row.identity.text(3), row.outsideChange.text(2),
        row.regionDistance.text(2), row.psnr.text(2), row.unionIoUGain?.text(3) ?? "",
      ]
      lines.append("| " + cells.joined(separator: " | ") + " |")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A drawing (SVG) of success against identity: one line through the strengths of each method.
  func plot() -> String {
    // The names stand to the right of the axes.
    let (width, height, margin, names) = (560.0, 400.0, 56.0, 180.0)
    let lowest = max(-1, (rows.map(\.identity.mean).min() ?? 0) - 0.02)
    func x(_ identity: Double) -> Double {
      margin + (identity - lowest) / max(1 - lowest, 1e-6) * (width - 2 * margin)
    }
    func y(_ success: Double) -> Double { height - margin - success * (height - 2 * margin) }
    func number(_ value: Double) -> String { text(value, decimals: 1) }
    var svg =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(Int(width + names))\" height=\"\(Int(height))\" "
      + "font-family=\"sans-serif\" font-size=\"11\">\n"
      + "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
      + "<path d=\"M\(number(margin)) \(number(margin))V\(number(height - margin))"
      + "H\(number(width - margin))\" fill=\"none\" stroke=\"black\"/>\n"
      + "<text x=\"\(number(width / 2))\" y=\"\(number(height - 12))\" text-anchor=\"middle\">"
      + "identity kept (cosine)</text>\n"
      + "<text x=\"14\" y=\"\(number(margin - 16))\">attribute success</text>\n"
    for step in 0...4 {
      let (share, value) = (Double(step) / 4, lowest + (1 - lowest) * Double(step) / 4)
      svg +=
        "<text x=\"\(number(margin - 6))\" y=\"\(number(y(share) + 4))\" text-anchor=\"end\">"
        + "\(text(share, decimals: 2))</text>\n"
        + "<text x=\"\(number(x(value)))\" y=\"\(number(height - margin + 16))\" "
        + "text-anchor=\"middle\">\(text(value, decimals: 2))</text>\n"
    }
    let colors = ["#c0392b", "#2471a3", "#1e8449", "#7d3c98", "#b9770e", "#34495e", "#17a589"]
    var methods: [String] = []
    for row in rows where !methods.contains(row.name) { methods.append(row.name) }
    for (index, name) in methods.enumerated() {
      let color = colors[index % colors.count]
      let points = rows.filter { $0.name == name }.map { ($0.identity.mean, $0.success.mean) }
      let path = points.map { "\(number(x($0.0))),\(number(y($0.1)))" }.joined(separator: " ")
      svg += "<polyline points=\"\(path)\" fill=\"none\" stroke=\"\(color)\"/>\n"
      for point in points {
        svg +=
          "<circle cx=\"\(number(x(point.0)))\" cy=\"\(number(y(point.1)))\" r=\"3\" "
          + "fill=\"\(color)\"/>\n"
      }
      svg +=
        "<text x=\"\(number(width - margin + 16))\" y=\"\(number(margin + Double(index) * 14))\" "
        + "fill=\"\(color)\">\(escaped(name))</text>\n"
    }
    return svg + "</svg>\n"
  }

  private func escaped(_ name: String) -> String {
    String(
      name.flatMap { character -> [Character] in
        switch character {
        case "<": Array("&lt;")
        case "&": Array("&amp;")
        default: [character]
        }
      })
  }

  /// Writes a text file as a whole.
  ///
  /// - Throws: `CheckpointError.unwritable`.
  func write(_ text: String, to path: String) throws(CheckpointError) {
    try AtomicFile.write(Array(text.utf8), to: path)
  }
}
