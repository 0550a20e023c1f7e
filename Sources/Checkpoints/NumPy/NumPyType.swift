/// NumPy's codes for element types, such as "<f4".
enum NumPyType {
  /// The element type of a code, with or without byte order, or nil for what is no number
  /// (objects, text, structures).
  static func elementType(code: String) -> ElementType? {
    var code = Substring(code)
    if let order = code.first, "<>=|".contains(order) { code.removeFirst() }
    return types[String(code)]
  }

  private static let types: [String: ElementType] = [
    "f2": .f16, "f4": .f32, "f8": .f64, "i1": .i8, "i2": .i16, "i4": .i32, "i8": .i64,
    "u1": .u8, "u2": .u16, "u4": .u32, "u8": .u64, "b1": .bool, "c8": .c64, "c16": .c128,
  ]
}
