import TensorCore
import TestSupport

// Convolution and FIR resampling as their definitions say, in double precision and without any
// shortcut: the other side of this module's tests.

/// Correlation of `[N, I, H, W]` with `[O, I, k, k]`, zeros around.
func plainConvolution(
  _ x: ReferenceTensor, _ weight: ReferenceTensor, stride: Int = 1, padding: Int
) -> ReferenceTensor {
  let (batch, inputs, outputs, kernel) = (
    x.shape[0], x.shape[1], weight.shape[0], weight.shape[2]
  )
  let height = (x.shape[2] + 2 * padding - kernel) / stride + 1
  let width = (x.shape[3] + 2 * padding - kernel) / stride + 1
  var y = ReferenceTensor(zeros: [batch, outputs, height, width])
  for n in 0..<batch {
    for o in 0..<outputs {
      for row in 0..<height {
        for column in 0..<width {
          var sum = 0.0
          for i in 0..<inputs {
            for a in 0..<kernel {
              for b in 0..<kernel {
                sum +=
                  x[n, i, row * stride + a - padding, column * stride + b - padding]
                  * weight[o, i, a, b]
              }
            }
          }
          y[n, o, row, column] = sum
        }
      }
    }
  }
  return y
}

/// `out[2i + a, 2j + b] += x[i, j] weight[a, b]`, size 2H + k - 2.
func plainTransposedConvolution(_ x: ReferenceTensor, _ weight: ReferenceTensor)
  -> ReferenceTensor
{
  let (batch, inputs, height, width) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
  let (outputs, kernel) = (weight.shape[0], weight.shape[2])
  var y = ReferenceTensor(
    zeros: [batch, outputs, 2 * height + kernel - 2, 2 * width + kernel - 2])
  for n in 0..<batch {
    for o in 0..<outputs {
      for i in 0..<inputs {
        for row in 0..<height {
          for column in 0..<width {
            for a in 0..<kernel {
              for b in 0..<kernel {
                y[n, o, 2 * row + a, 2 * column + b] += x[n, i, row, column] * weight[o, i, a, b]
              }
            }
          }
        }
      }
    }
  }
  return y
}

/// Zero insertion, padding on all sides, true convolution with `filter`, decimation.
func plainResampling(
  _ x: ReferenceTensor, _ filter: ReferenceTensor, up: Int = 1, down: Int = 1,
  before: Int, after: Int, gain: Double = 1
) -> ReferenceTensor {
  let (rows, columns) = (filter.shape[0], filter.shape[1])
  func length(_ size: Int, _ taps: Int) -> Int { (size * up + before + after - taps) / down + 1 }
  var y = ReferenceTensor(
    zeros: [x.shape[0], x.shape[1], length(x.shape[2], rows), length(x.shape[3], columns)])
  func sample(_ n: Int, _ c: Int, _ row: Int, _ column: Int) -> Double {
    guard row >= 0, column >= 0, row % up == 0, column % up == 0 else { return 0 }
    return x[n, c, row / up, column / up]
  }
  for n in 0..<y.shape[0] {
    for c in 0..<y.shape[1] {
      for row in 0..<y.shape[2] {
        for column in 0..<y.shape[3] {
          var sum = 0.0
          for a in 0..<rows {
            for b in 0..<columns {
              sum +=
                sample(n, c, row * down + a - before, column * down + b - before)
                * filter[rows - 1 - a, columns - 1 - b]
            }
          }
          y[n, c, row, column] = sum * gain
        }
      }
    }
  }
  return y
}
