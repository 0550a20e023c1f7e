/// A value that is resampled as `Float` and stored in its own range.
protocol ResampledSample {
  var resamplingValue: Float { get }
  init(resampled value: Float)
}

extension UInt8: ResampledSample {
  @inline(__always) var resamplingValue: Float { Float(self) }
  @inline(__always) init(resampled value: Float) {
    self = UInt8(Swift.min(Swift.max(value + 0.5, 0), 255))
  }
}

extension Float: ResampledSample {
  @inline(__always) var resamplingValue: Float { self }
  @inline(__always) init(resampled value: Float) { self = value }
}

/// Resamples interleaved samples of `channels` (1 or 3): along rows into `Float`, then along columns,
/// rounded once at the end. Only the rows that the current target row needs are held.
func resampled<Sample: ResampledSample>(
  _ samples: [Sample], width: Int, height: Int, channels: Int, toWidth newWidth: Int,
  toHeight newHeight: Int, by filter: ResamplingFilter
) -> [Sample] {
  let columns = ResamplingWeights(from: width, to: newWidth, by: filter)
  let rows = ResamplingWeights(from: height, to: newHeight, by: filter)
  let rowLength = newWidth * channels
  var held = [Float](repeating: 0, count: rows.longest * rowLength)
  var sums = [Float](repeating: 0, count: rowLength)
  var nextRow = 0
  return [Sample](unsafeUninitializedCapacity: rowLength * newHeight) { target, initialized in
    samples.withUnsafeBufferPointer { source in
      held.withUnsafeMutableBufferPointer { held in
        sums.withUnsafeMutableBufferPointer { sums in
          for y in 0..<newHeight {
            let start = rows.starts[y]
            nextRow = max(nextRow, start)
            while nextRow < start + rows.counts[y] {
              resampleRow(
                source, from: nextRow * width * channels, channels: channels, columns, into: held,
                from: nextRow % rows.longest * rowLength)
              nextRow += 1
            }
            sums.update(repeating: 0)
            for k in 0..<rows.counts[y] {
              let weight = rows.values[rows.offsets[y] + k]
              let row = (start + k) % rows.longest * rowLength
              for i in 0..<rowLength { sums[i] += weight * held[row + i] }
            }
            for i in 0..<rowLength {
              target.initializeElement(at: y * rowLength + i, to: Sample(resampled: sums[i]))
            }
          }
        }
      }
    }
    initialized = rowLength * newHeight
  }
}

@inline(__always)
private func resampleRow<Sample: ResampledSample>(
  _ source: UnsafeBufferPointer<Sample>, from sourceStart: Int, channels: Int,
  _ weights: ResamplingWeights, into target: UnsafeMutableBufferPointer<Float>,
  from targetStart: Int
) {
  weights.values.withUnsafeBufferPointer { values in
    for x in weights.starts.indices {
      let offset = weights.offsets[x]
      var i = sourceStart + weights.starts[x] * channels
      if channels == 3 {
        var red: Float = 0
        var green: Float = 0
        var blue: Float = 0
        for k in offset..<offset + weights.counts[x] {
          red += values[k] * source[i].resamplingValue
          green += values[k] * source[i + 1].resamplingValue
          blue += values[k] * source[i + 2].resamplingValue
          i += 3
        }
        target[targetStart + 3 * x] = red
        target[targetStart + 3 * x + 1] = green
        target[targetStart + 3 * x + 2] = blue
      } else {
        var sum: Float = 0
        for k in offset..<offset + weights.counts[x] {
          sum += values[k] * source[i].resamplingValue
          i += 1
        }
        target[targetStart + x] = sum
      }
    }
  }
}
