import Testing

@testable import Checkpoints

@Suite("Elements of stored tensors")
struct TensorElementsTests {
  private func floats(_ type: ElementType, _ bytes: [UInt8]) throws -> [Float] {
    let count = bytes.count * 8 / type.bitWidth
    return try CheckpointTensor(type, shape: [count], storage: ByteRegion(copying: bytes)).floats()
  }

  @Test("Every half-precision number converts exactly")
  func halves() throws {
    let all = (0...UInt16.max).map { $0 }
    let values = try floats(.f16, all.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] })
    for (half, value) in zip(all, values) {
      let exact = Float(Float16(bitPattern: half))
      #expect(value.bitPattern == exact.bitPattern || value.isNaN && exact.isNaN)
    }
  }

  @Test("All numeric types convert")
  func types() throws {
    #expect(try floats(.bf16, [0x80, 0x3f, 0x49, 0xc0]) == [1, -3.140625])
    #expect(try floats(.f64, [0, 0, 0, 0, 0, 0, 0xf0, 0xbf]) == [-1])
    #expect(try floats(.bool, [0, 1, 255]) == [0, 1, 1])
    #expect(try floats(.u8, [255]) == [255])
    #expect(try floats(.i8, [255]) == [-1])
    #expect(try floats(.u16, [0xff, 0xff]) == [65535])
    #expect(try floats(.i16, [0xff, 0xff]) == [-1])
    #expect(try floats(.u32, [0xff, 0xff, 0xff, 0xff]) == [4_294_967_296])
    #expect(try floats(.i32, [0xfe, 0xff, 0xff, 0xff]) == [-2])
    #expect(try floats(.u64, [UInt8](repeating: 0xff, count: 8)) == [18_446_744_073_709_551_616])
    #expect(try floats(.i64, [UInt8](repeating: 0xff, count: 8)) == [-1])
  }

  @Test("Types without a float value say so")
  func notConvertible() {
    #expect(throws: CheckpointError.notConvertible(.c64)) { try floats(.c64, Array(0..<8)) }
    #expect(
      CheckpointError.notConvertible(.f4).text
        == "elements of type F4 cannot be converted to float; save the tensor as F32")
  }

  @Test("Transposed, flipped and expanded views gather the right elements, also in many chunks")
  func views() throws {
    let matrix = CheckpointTensor(floats: [1, 2, 3, 4, 5, 6], shape: [2, 3])
    #expect(try matrix.permuted([1, 0]).floats() == [1, 4, 2, 5, 3, 6])
    #expect(try matrix.flipped([1]).floats() == [3, 2, 1, 6, 5, 4])
    #expect(try matrix.flipped([0, 1]).permuted([1, 0]).floats() == [6, 3, 5, 2, 4, 1])
    #expect(try matrix.element(1)?.floats() == [4, 5, 6])
    #expect(matrix.element(2) == nil)
    let expanded = try CheckpointTensor(
      .f32, shape: [2, 3, 2], strides: [0, 1, 3], offset: 0, storage: matrix.storage)
    #expect(try expanded.floats() == [1, 4, 2, 5, 3, 6, 1, 4, 2, 5, 3, 6])

    let rows = 700, columns = 301
    let large = CheckpointTensor(
      floats: (0..<rows * columns).map(Float.init), shape: [rows, columns])
    let transposed = try large.permuted([1, 0]).floats()
    #expect(transposed == (0..<rows * columns).map { Float($0 % rows * columns + $0 / rows) })
  }

  @Test("Dimensions of size one may be dropped and added, others not")
  func reshaping() throws {
    let tensor = CheckpointTensor(floats: [1, 2, 3, 4, 5, 6], shape: [1, 3, 1, 2])
    let moved = tensor.permuted([3, 2, 1, 0])
    #expect(moved.reshaped(droppingOnesTo: [2, 3])?.shape == [2, 3])
    #expect(try moved.reshaped(droppingOnesTo: [1, 2, 3])?.floats() == [1, 3, 5, 2, 4, 6])
    #expect(tensor.reshaped(droppingOnesTo: [2, 3]) == nil)
    #expect(CheckpointTensor(floats: [1], shape: [1]).reshaped(droppingOnesTo: [])?.shape == [])
  }

  @Test("Big-endian elements are turned around, the two parts of complex ones each for itself")
  func bigEndian() throws {
    let bytes = ByteRegion(copying: [0x3f, 0x80, 0, 0, 0x40, 0, 0, 0])
    let pair = try CheckpointTensor(.f32, shape: [2], storage: bytes, isBigEndian: true)
    #expect(try pair.floats() == [1, 2])
    let complex = try CheckpointTensor(.c64, shape: [1], storage: bytes, isBigEndian: true)
    #expect(complex.contiguousBytes().array == [0, 0, 0x80, 0x3f, 0, 0, 0, 0x40])
  }

  @Test("A view that leaves its storage is refused")
  func outside() {
    let storage = ByteRegion(copying: [UInt8](repeating: 0, count: 16))
    func problem(_ shape: [Int], _ strides: [Int], _ offset: Int) -> String? {
      do throws(TensorProblem) {
        _ = try CheckpointTensor(
          .f32, shape: shape, strides: strides, offset: offset, storage: storage)
        return nil
      } catch { return error.text }
    }
    #expect(problem([2, 2], [2, 1], 0) == nil)
    #expect(problem([0, 9], [9, 1], 99) == nil)
    #expect(
      problem([2, 2], [2, 1], 1)
        == "shape [2, 2] with strides [2, 1] from offset 1 reaches past the 4 stored elements")
    #expect(
      problem([2], [.max], 1)
        == "shape [2] with strides [\(Int.max)] from offset 1 reaches past the 4 stored elements")
    #expect(problem([2], [-1], 1) == "strides [-1] have a negative entry")
    #expect(problem([-2], [1], 1) == "shape [-2] has a negative dimension")
    #expect(problem([1], [1], -1) == "offset -1 is negative")
    #expect(problem([1], [1, 1], 0) == "shape [1] and strides [1, 1] differ in length")
    #expect(
      problem([.max, 2], [0, 0], 0)
        == "shape [\(Int.max), 2] has more elements than fit into memory")
  }
}
