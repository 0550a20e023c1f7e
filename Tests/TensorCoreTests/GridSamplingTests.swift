import TensorCore
import TestSupport
import Testing

/// Places of a grid on blocked images, against maps of whole planes.
@Suite("Grids on blocked images")
struct GridSamplingTests {
  private let rows = [0, 2, 3, 9, 15]
  private let columns = [1, 5, 6, 7, 14, 15]

  /// The places by maps of planes.
  private func expected(_ planes: Tensor) -> Tensor {
    func axis(_ places: [Int], _ length: Int) -> AxisMap {
      AxisMap(
        inputCount: length,
        rows: places.map { place in
          if length == 16 { return [(place, 1)] }
          let position = max(0, (Double(place) + 0.5) * Double(length) / 16 - 0.5)
          let low = min(Int(position), length - 1)
          let share = position - Double(low)
          return [(low, 1 - share), (min(low + 1, length - 1), share)]
        })
    }
    return planes.resampled(
      by: PlaneMap(rows: axis(rows, planes.shape[2]), columns: axis(columns, planes.shape[3])))
  }

  private func source(_ planes: Tensor) -> GridSource {
    GridSource(
      planes.blocked(), rows: GridAxis(rows, of: 16, on: planes.shape[2]),
      columns: GridAxis(columns, of: 16, on: planes.shape[3]))
  }

  private func compare(_ found: Tensor, _ expected: Tensor, _ leaves: [Tensor]) {
    expectClose(found, expected, relativeToMax: 1e-5)
    let seed = randomTensor(expected.shape, seed: 9)
    let own = gradients(of: found, withRespectTo: leaves, seed: seed)
    let other = gradients(of: expected, withRespectTo: leaves, seed: seed)
    for (index, (a, b)) in zip(own, other).enumerated() {
      expectClose(a, b, relativeToMax: 1e-5, "gradient \(index)")
    }
  }

  @Test("places of several images stand one behind the other")
  func sampling() {
    let leaves = [([2, 16, 16, 16], 1), ([2, 32, 4, 4], 2), ([2, 16, 8, 16], 3)].map {
      randomTensor(Shape($0.0), seed: $0.1).copied(requiresGradient: true)
    }
    let found = Tensor.sampled(leaves.map(source)).unblocked(channels: 64)
    compare(found, .concatenated(leaves.map(expected), axis: 1), leaves)
  }

  @Test("sums of places are rectified behind the bias")
  func rectifiedSum() {
    let base = randomTensor([2, 20, 5, 6], seed: 4).copied(requiresGradient: true)
    let bias = randomTensor([20], seed: 5).copied(requiresGradient: true)
    let images = [([2, 20, 4, 4], 6), ([2, 20, 8, 8], 7)].map {
      randomTensor(Shape($0.0), seed: $0.1).copied(requiresGradient: true)
    }
    let found = base.blocked().rectifiedSum(images.map(source), bias: bias)
      .unblocked(channels: 20)
    let sum = images.map(expected).reduce(base, +) + bias.reshaped([1, 20, 1, 1])
    compare(found, sum.rectified(), [base, bias] + images)
  }

  @Test("the energy of a kernel is the sum of its squares")
  func energy() {
    let weight = randomTensor([5, 7, 3, 3], seed: 2).copied(requiresGradient: true)
    compare(weight.kernelEnergy(), weight.squared().sum(axes: [2, 3]), [weight])
  }
}
