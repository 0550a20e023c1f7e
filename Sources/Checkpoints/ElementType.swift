/// How one element of a stored tensor is encoded. Raw values are the safetensors names.
public enum ElementType: String, Sendable, CaseIterable {
  /// One byte, zero or not.
  case bool = "BOOL"
  /// Four-bit float, two to a byte (stored only, not converted).
  case f4 = "F4"
  /// Six-bit float with a two-bit exponent (stored only, not converted).
  case f6e2m3 = "F6_E2M3"
  /// Six-bit float with a three-bit exponent (stored only, not converted).
  case f6e3m2 = "F6_E3M2"
  /// Unsigned byte.
  case u8 = "U8"
  /// Signed byte.
  case i8 = "I8"
  /// Eight-bit float, five exponent bits (stored only, not converted).
  case f8e5m2 = "F8_E5M2"
  /// Eight-bit float, four exponent bits (stored only, not converted).
  case f8e4m3 = "F8_E4M3"
  /// Eight-bit power of two (stored only, not converted).
  case f8e8m0 = "F8_E8M0"
  /// Eight-bit float, four exponent bits, no negative zero (stored only, not converted).
  case f8e4m3fnuz = "F8_E4M3FNUZ"
  /// Eight-bit float, five exponent bits, no negative zero (stored only, not converted).
  case f8e5m2fnuz = "F8_E5M2FNUZ"
  /// Signed 16-bit integer.
  case i16 = "I16"
  /// Unsigned 16-bit integer.
  case u16 = "U16"
  /// IEEE half precision.
  case f16 = "F16"
  /// The upper half of an IEEE single.
  case bf16 = "BF16"
  /// Signed 32-bit integer.
  case i32 = "I32"
  /// Unsigned 32-bit integer.
  case u32 = "U32"
  /// IEEE single precision.
  case f32 = "F32"
  /// Two singles, real and imaginary part (stored only, not converted).
  case c64 = "C64"
  /// IEEE double precision.
  case f64 = "F64"
  /// Signed 64-bit integer.
  case i64 = "I64"
  /// Unsigned 64-bit integer.
  case u64 = "U64"
  /// Two doubles, real and imaginary part (PyTorch and NumPy only; safetensors has no such type).
  case c128 = "C128"

  /// Bits per element.
  public var bitWidth: Int {
    switch self {
    case .f4: 4
    case .f6e2m3, .f6e3m2: 6
    case .bool, .u8, .i8, .f8e5m2, .f8e4m3, .f8e8m0, .f8e4m3fnuz, .f8e5m2fnuz: 8
    case .i16, .u16, .f16, .bf16: 16
    case .i32, .u32, .f32: 32
    case .c64, .f64, .i64, .u64: 64
    case .c128: 128
    }
  }

  /// True for the types that ``CheckpointTensor/floats()`` can convert.
  public var convertsToFloat: Bool {
    switch self {
    case .bool, .u8, .i8, .i16, .u16, .f16, .bf16, .i32, .u32, .f32, .f64, .i64, .u64: true
    default: false
    }
  }

  /// True for half, bfloat, single and double precision: the types whose stored precision a
  /// writer may change.
  public var isFloatingPoint: Bool {
    switch self {
    case .f16, .bf16, .f32, .f64: true
    default: false
    }
  }
}
