import Networks
import TensorCore

/// Features brought to mean 0 and deviation 1, channel by channel: maps of different resolutions have
/// very different ranges.
struct FeatureStandardization {
  /// What is subtracted, `[C]`.
  let mean: Tensor
  /// What is multiplied with afterwards, `[C]`.
  let scale: Tensor

  /// Nothing is changed.
  init(count: Int) {
    mean = .zeros([count])
    scale = .ones([count])
  }

  /// Mean and deviation of rows `[P, C]` in double precision.
  init(rows: UnsafePointer<Float>, count: Int, channels: Int) {
    let mean = Tensor.zeros([channels])
    let scale = Tensor.ones([channels])
    Parallel.forRanges(channels, grain: 64) { range in
      var sums = [Double](repeating: 0, count: range.count)
      var squares = sums
      for row in 0..<count {
        for (index, channel) in range.enumerated() {
          let value = Double(rows[row * channels + channel])
          sums[index] += value
          squares[index] += value * value
        }
      }
      for (index, channel) in range.enumerated() {
        let average = sums[index] / Double(max(count, 1))
        let variance = max(0, squares[index] / Double(max(count, 1)) - average * average)
        mean.pointer[channel] = Float(average)
        // Dead channels stay small instead of being blown up.
        scale.pointer[channel] = Float(1 / (variance.squareRoot() + 1e-3))
      }
    }
    self.mean = mean
    self.scale = scale
  }

  /// Standardises rows in place.
  func apply(to rows: UnsafeMutablePointer<Float>, count: Int) {
    let channels = mean.count
    let (mean, scale) = (mean.pointer, scale.pointer)
    Parallel.forRanges(count, grain: 64) { range in
      for row in range {
        let values = rows + row * channels
        for channel in 0..<channels {
          values[channel] = (values[channel] - mean[channel]) * scale[channel]
        }
      }
    }
  }

  /// The layer that gives the same results on features as they are.
  func folded(into layer: PixelClassifier.Linear) -> PixelClassifier.Linear {
    let (outputs, inputs) = (layer.weight.shape[0], layer.weight.shape[1])
    let weight = layer.weight.copied()
    let bias = layer.bias.copied()
    for output in 0..<outputs {
      var sum = Double(bias.pointer[output])
      for input in 0..<inputs {
        let index = output * inputs + input
        let value = weight.pointer[index] * scale.pointer[input]
        sum -= Double(value) * Double(mean.pointer[input])
        weight.pointer[index] = value
      }
      bias.pointer[output] = Float(sum)
    }
    return (weight, bias)
  }
}
