import Pictures
import TensorCore

// The bridge between pictures and tensors, which do not know each other.

extension Tensor {
  /// A picture as `[1, 3, H, W]` with values in -1...1 (`byte / 127.5 - 1`).
  public convenience init(_ picture: Picture) {
    let count = picture.width * picture.height
    self.init(shape: [1, 3, picture.height, picture.width]) { to in
      picture.pixels.withUnsafeBufferPointer { bytes in
        for index in 0..<count {
          for channel in 0..<3 {
            to[channel * count + index] = Float(bytes[index * 3 + channel]) / 127.5 - 1
          }
        }
      }
    }
  }

  /// The first picture of `[N, 3, H, W]`: values -1...1 become 0...255, rounded, others limited.
  public func picture() -> Picture {
    check(shape.rank == 4 && shape[1] == 3, "picture: \(shape)")
    let count = shape[2] * shape[3]
    var pixels = [UInt8](repeating: 0, count: count * 3)
    for index in 0..<count {
      for channel in 0..<3 {
        let value = (pointer[channel * count + index] * 127.5 + 127.5).rounded()
        pixels[index * 3 + channel] = UInt8(max(0, min(255, value.isNaN ? 0 : value)))
      }
    }
    return Picture(width: shape[3], height: shape[2], pixels: pixels)
  }
}
