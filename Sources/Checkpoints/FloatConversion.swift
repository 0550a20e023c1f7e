/// Conversion of stored elements to single precision, one concrete loop for each type so that
/// the compiler can use vector instructions. Sources need no alignment.
enum FloatConversion {
  /// Converts `count` elements that lie `stride` elements apart, beginning at `source`.
  static func convert(
    _ type: ElementType, from source: UnsafeRawPointer, stride: Int, count: Int,
    to target: UnsafeMutablePointer<Float>
  ) {
    switch type {
    case .f32 where stride == 1:
      UnsafeMutableRawPointer(target).copyMemory(from: source, byteCount: count * 4)
    case .f16 where stride == 1:
      for i in 0..<count {
        target[i] = single(half: source.loadUnaligned(fromByteOffset: i &* 2, as: UInt16.self))
      }
    case .f32: loop(UInt32.self, source, stride, count, target) { Float(bitPattern: $0) }
    case .f16: loop(UInt16.self, source, stride, count, target) { single(half: $0) }
    case .bf16:
      loop(UInt16.self, source, stride, count, target) { Float(bitPattern: UInt32($0) &<< 16) }
    case .f64:
      loop(UInt64.self, source, stride, count, target) { Float(Double(bitPattern: $0)) }
    case .bool: loop(UInt8.self, source, stride, count, target) { $0 == 0 ? 0 : 1 }
    case .u8: loop(UInt8.self, source, stride, count, target) { Float($0) }
    case .i8: loop(Int8.self, source, stride, count, target) { Float($0) }
    case .u16: loop(UInt16.self, source, stride, count, target) { Float($0) }
    case .i16: loop(Int16.self, source, stride, count, target) { Float($0) }
    case .u32: loop(UInt32.self, source, stride, count, target) { Float($0) }
    case .i32: loop(Int32.self, source, stride, count, target) { Float($0) }
    case .u64: loop(UInt64.self, source, stride, count, target) { Float($0) }
    case .i64: loop(Int64.self, source, stride, count, target) { Float($0) }
    default: target.update(repeating: .nan, count: count)
    }
  }

  /// The value of a half-precision number. Exact; branch-free, so that a loop over it is
  /// vectorised even on processors without half-precision instructions.
  @inline(__always)
  static func single(half: UInt16) -> Float {
    let magnitude = UInt32(half & 0x7fff)
    let sign = UInt32(half & 0x8000) &<< 16
    let rebias: UInt32 = 112 &<< 23
    let normal = (magnitude &<< 13) &+ rebias &+ (magnitude >= 0x7c00 ? rebias : 0)
    // A subnormal half is magnitude * 2^-24: one exact subtraction normalises it.
    let subnormal = (Float(bitPattern: 0x3f00_0000 | magnitude) - 0.5).bitPattern
    return Float(bitPattern: (magnitude < 0x400 ? subnormal : normal) | sign)
  }

  @inline(__always)
  private static func loop<Bits: FixedWidthInteger & BitwiseCopyable>(
    _: Bits.Type, _ source: UnsafeRawPointer, _ stride: Int, _ count: Int,
    _ target: UnsafeMutablePointer<Float>, _ value: (Bits) -> Float
  ) {
    let step = stride &* MemoryLayout<Bits>.size
    if stride == 1 {
      for i in 0..<count {
        let offset = i &* MemoryLayout<Bits>.size
        target[i] = value(source.loadUnaligned(fromByteOffset: offset, as: Bits.self))
      }
    } else {
      for i in 0..<count {
        target[i] = value(source.loadUnaligned(fromByteOffset: i &* step, as: Bits.self))
      }
    }
  }
}
