import Layers
import TensorCore
import TestSupport
import Testing

@Suite("FIR filters")
struct FIRFilterTests {
  private let filter = FIRFilter(
    taps: (1...16).map { Float($0 * $0 % 7) / 40 }, height: 4, width: 4)
  private var taps: ReferenceTensor {
    ReferenceTensor(Tensor(filter.taps, shape: [4, 4]))
  }
  private let x = randomTensor([2, 2, 6, 5], seed: 1)

  @Test("[1, 3, 3, 1] in both directions has the sum 1")
  func binomial() {
    let filter = FIRFilter.binomial
    #expect(filter.height == 4 && filter.width == 4)
    #expect(filter.taps == [1, 3, 3, 1, 3, 9, 9, 3, 3, 9, 9, 3, 1, 3, 3, 1].map { $0 / 64 })
    #expect(filter.mirrored == filter)
    #expect(self.filter.mirrored.taps == self.filter.taps.reversed())
  }

  @Test("twice, half and the same size are the plain definition")
  func resampling() {
    let source = ReferenceTensor(x)
    expectClose(
      x.resampled(by: filter.upsampling()),
      plainResampling(source, taps, up: 2, before: 2, after: 1, gain: 4).values,
      relativeToMax: 1e-6)
    expectClose(
      x.resampled(by: filter.downsampling()),
      plainResampling(source, taps, down: 2, before: 1, after: 1).values, relativeToMax: 1e-6)
    expectClose(
      x.resampled(by: filter.blurring()),
      plainResampling(source, taps, before: 2, after: 1).values, relativeToMax: 1e-6)
  }

  @Test("a constant stays, away from the border")
  func constants() {
    let ones = Tensor.ones([1, 1, 8, 8])
    for map in [FIRFilter.binomial.upsampling(), FIRFilter.binomial.downsampling()] {
      let result = ones.resampled(by: map)
      let middle = result.shape[2] / 2
      #expect(abs(result.values[middle * result.shape[3] + middle] - 1) < 1e-6)
    }
  }

  @Test("gradients")
  func gradients() {
    for map in [filter.upsampling(), filter.downsampling(), filter.blurring()] {
      finiteDifferenceCheck(of: { $0[0].resampled(by: map) }, at: [x], tolerance: 5e-4)
    }
  }
}
