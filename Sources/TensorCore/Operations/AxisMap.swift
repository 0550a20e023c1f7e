/// A sparse linear map along one axis: output `i` is `sum over t of weights[i, t] input[start[i] + t]`.
///
/// Nearest, bilinear, bicubic and area resampling and their transposes are all of this kind.
public struct AxisMap: Sendable, Hashable {
  /// Length of the input axis.
  public let inputCount: Int
  /// Length of the output axis.
  public let outputCount: Int
  let taps: Int
  let start: [Int32]
  let weights: [Float]

  /// A map from rows of weights, given as pairs of input index and weight for every output.
  public init(inputCount: Int, rows: [[(index: Int, weight: Double)]]) {
    self.inputCount = inputCount
    outputCount = rows.count
    var span = 1
    for row in rows {
      guard let first = row.map(\.index).min(), let last = row.map(\.index).max() else { continue }
      check(first >= 0 && last < inputCount, "axis map: index outside 0..<\(inputCount)")
      span = max(span, last - first + 1)
    }
    taps = span
    var start = [Int32](repeating: 0, count: rows.count)
    var weights = [Float](repeating: 0, count: rows.count * span)
    for (output, row) in rows.enumerated() {
      // The window never reaches beyond the input, so that kernels need no bounds.
      let first = min(row.map(\.index).min() ?? 0, max(0, inputCount - span))
      start[output] = Int32(first)
      var sums = [Double](repeating: 0, count: span)
      for (index, weight) in row { sums[index - first] += weight }
      for (tap, sum) in sums.enumerated() { weights[output * span + tap] = Float(sum) }
    }
    self.start = start
    self.weights = weights
  }

  /// Linear interpolation. Pixel centres lie at `i + 0.5`, or with `aligningCorners` the first and
  /// last pixels of both axes coincide.
  public static func bilinear(from input: Int, to output: Int, aligningCorners: Bool = false)
    -> AxisMap
  {
    AxisMap(
      inputCount: input,
      rows: (0..<output).map { index in
        let position =
          aligningCorners
          ? (output > 1 ? Double(index) * Double(input - 1) / Double(output - 1) : 0)
          : max(0, (Double(index) + 0.5) * Double(input) / Double(output) - 0.5)
        let low = min(Int(position), input - 1)
        let fraction = position - Double(low)
        return [(low, 1 - fraction), (min(low + 1, input - 1), fraction)]
      })
  }

  /// The input pixel under `floor(i input / output)`.
  public static func nearest(from input: Int, to output: Int) -> AxisMap {
    AxisMap(
      inputCount: input,
      rows: (0..<output).map { [(min($0 * input / output, input - 1), 1)] })
  }

  /// Means over the input that each output pixel covers, partly covered pixels by their share.
  public static func area(from input: Int, to output: Int) -> AxisMap {
    let scale = Double(input) / Double(output)
    return AxisMap(
      inputCount: input,
      rows: (0..<output).map { index in
        let from = Double(index) * scale
        let to = from + scale
        var row: [(index: Int, weight: Double)] = []
        var position = Int(from)
        while position < input, Double(position) < to - 1e-9 {
          let cover = min(to, Double(position + 1)) - max(from, Double(position))
          if cover > 1e-9 { row.append((position, cover / scale)) }
          position += 1
        }
        return row
      })
  }

  /// The part of the map that gives some outputs and reads no input outside `inputs`.
  public func restricted(outputs: Range<Int>, inputs: Range<Int>) -> AxisMap {
    AxisMap(
      inputCount: inputs.count,
      rows: outputs.map { output in
        (0..<taps).compactMap { tap in
          let weight = weights[output * taps + tap]
          return weight == 0
            ? nil : (Int(start[output]) + tap - inputs.lowerBound, Double(weight))
        }
      })
  }

  /// The transposed map, from the output axis to the input axis.
  public func transposed() -> AxisMap {
    var rows = [[(index: Int, weight: Double)]](repeating: [], count: inputCount)
    for output in 0..<outputCount {
      for tap in 0..<taps where weights[output * taps + tap] != 0 {
        rows[Int(start[output]) + tap].append((output, Double(weights[output * taps + tap])))
      }
    }
    return AxisMap(inputCount: outputCount, rows: rows)
  }
}
