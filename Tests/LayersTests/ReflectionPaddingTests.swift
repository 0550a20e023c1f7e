import Layers
import TensorCore
import TestSupport
import Testing

@Suite("Reflection padding")
struct ReflectionPaddingTests {
  @Test("mirrors at the outermost pixels without repeating them")
  func values() {
    let row = Tensor([1, 2, 3, 4], shape: [1, 1, 1, 4])
    let square = Tensor.concatenated([row, row * 10, row * 100, row * 1000], axis: 2)
    let padded = square.reflectionPadded(3)
    #expect(padded.shape == [1, 1, 10, 10])
    #expect(
      Array(padded.values[0..<10]) == [4000, 3000, 2000, 1000, 2000, 3000, 4000, 3000, 2000, 1000])
    #expect(Array(padded.values[30..<40]) == [4, 3, 2, 1, 2, 3, 4, 3, 2, 1])
  }

  @Test func gradient() {
    finiteDifferenceCheck(
      of: { $0[0].reflectionPadded(2) }, at: [randomTensor([1, 2, 4, 5], seed: 1)])
  }
}
