#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Random numbers from a counter: number `i` of a seed and stream is always the same, on every
/// machine and for any number of threads.
///
/// The bits come from Philox 4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as
/// 1, 2, 3").
public struct RandomSource: RandomNumberGenerator, Sendable, Codable, Equatable {
  /// The seed.
  public let seed: UInt64
  /// Independent sequences of one seed.
  public let stream: UInt64
  /// How many blocks of four 32-bit words were used.
  public private(set) var position: UInt64 = 0
  private var spare: UInt64?

  /// The start of a stream.
  public init(seed: UInt64, stream: UInt64 = 0) {
    self.seed = seed
    self.stream = stream
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    if let value = spare {
      spare = nil
      return value
    }
    let block = Philox.block(seed: seed, stream: stream, position: position)
    position += 1
    spare = UInt64(block.2) | UInt64(block.3) << 32
    return UInt64(block.0) | UInt64(block.1) << 32
  }

  /// A number in `[0, 1)` with 24 random bits.
  public mutating func uniform() -> Float { Float(next() >> 40) * 0x1p-24 }

  /// `count` numbers of the standard normal distribution (Box-Muller in double precision).
  public mutating func normals(_ count: Int) -> [Float] {
    var result: [Float] = []
    result.reserveCapacity(count + 1)
    while result.count < count {
      let bits = next()
      let u = (Double(bits >> 32) + 1) * 0x1p-32
      let v = Double(bits & 0xffff_ffff) * 0x1p-32
      let radius = (-2 * log(u)).squareRoot()
      result.append(Float(radius * cos(2 * .pi * v)))
      result.append(Float(radius * sin(2 * .pi * v)))
    }
    result.removeLast(result.count - count)
    return result
  }

  /// A tensor of standard normal numbers.
  public mutating func normal(_ shape: Shape) -> Tensor {
    Tensor(normals(shape.count), shape: shape)
  }

  /// A tensor of numbers in `[low, high)`.
  public mutating func uniform(_ shape: Shape, from low: Float = 0, to high: Float = 1) -> Tensor {
    Tensor((0..<shape.count).map { _ in low + (high - low) * uniform() }, shape: shape)
  }
}

private enum Philox {
  static func block(seed: UInt64, stream: UInt64, position: UInt64)
    -> (UInt32, UInt32, UInt32, UInt32)
  {
    var counter = (
      UInt32(truncatingIfNeeded: position), UInt32(truncatingIfNeeded: position >> 32),
      UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32)
    )
    var key = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    for _ in 0..<10 {
      let a = UInt64(0xD251_1F53) * UInt64(counter.0)
      let b = UInt64(0xCD9E_8D57) * UInt64(counter.2)
      counter = (
        UInt32(truncatingIfNeeded: b >> 32) ^ counter.1 ^ key.0, UInt32(truncatingIfNeeded: b),
        UInt32(truncatingIfNeeded: a >> 32) ^ counter.3 ^ key.1, UInt32(truncatingIfNeeded: a)
      )
      key = (key.0 &+ 0x9E37_79B9, key.1 &+ 0xBB67_AE85)
    }
    return counter
  }
}
