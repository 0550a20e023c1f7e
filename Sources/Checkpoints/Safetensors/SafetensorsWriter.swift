/// The precision that floating-point tensors are written in; integers and booleans keep theirs.
public enum StoredPrecision: Sendable {
  /// As the tensor has it.
  case asIs
  /// Single precision.
  case float32
  /// Half precision, rounded to nearest even. Finite values beyond its range are an error.
  case float16
}

/// Writes safetensors files.
public enum SafetensorsWriter {
  private struct Plan {
    let name: String
    let tensor: CheckpointTensor
    let type: ElementType
    var byteCount: Int { (tensor.elementCount * type.bitWidth + 7) / 8 }
  }

  /// Writes `tensors` and `metadata` to the file at `path`, which appears whole or not at all.
  ///
  /// The same arguments always give the same bytes: tensors are ordered by descending element size
  /// and then by name, metadata by key. Tensors are converted piecewise, so a large model needs no
  /// second copy in memory.
  ///
  /// - Parameter precision: for floating-point tensors; `exceptions` names tensors that keep
  ///   single precision when it is `.float16`.
  /// - Throws: `CheckpointError.unwritable`, `.float16Overflow` or `.notStorable`.
  public static func write(
    _ tensors: [String: CheckpointTensor], metadata: [String: String] = [:],
    precision: StoredPrecision = .asIs, keepingSinglePrecision exceptions: Set<String> = [],
    to path: String
  ) throws(CheckpointError) {
    var plans: [Plan] = []
    for (name, tensor) in tensors {
      let type = storedType(of: tensor, exceptions.contains(name) ? .float32 : precision)
      guard type != .c128, name != "__metadata__" else {
        throw .notStorable(name: name, type: tensor.elementType)
      }
      plans.append(Plan(name: name, tensor: tensor, type: type))
    }
    plans.sort {
      ($1.type.bitWidth, $0.type.rawValue, $0.name) < ($0.type.bitWidth, $1.type.rawValue, $1.name)
    }
    let header = header(plans, metadata)
    try AtomicFile.write(to: path) { (file) throws(CheckpointError) in
      let length = UInt64(header.count)
      try (0..<8).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) }
        .span.bytes.withUnsafeBytes { (bytes) throws(CheckpointError) in try file.write(bytes) }
      try header.span.bytes.withUnsafeBytes { (bytes) throws(CheckpointError) in
        try file.write(bytes)
      }
      for plan in plans { try write(plan, to: file) }
    }
  }

  private static func storedType(
    of tensor: CheckpointTensor, _ precision: StoredPrecision
  ) -> ElementType {
    guard tensor.elementType.isFloatingPoint else { return tensor.elementType }
    switch precision {
    case .asIs: return tensor.divisor == nil ? tensor.elementType : .f32
    case .float32: return .f32
    case .float16: return .f16
    }
  }

  private static func header(_ plans: [Plan], _ metadata: [String: String]) -> [UInt8] {
    var text = "{"
    if !metadata.isEmpty {
      text += "\"__metadata__\":{"
      text += metadata.sorted { $0.key < $1.key }
        .map { "\(quoted($0.key)):\(quoted($0.value))" }.joined(separator: ",")
      text += plans.isEmpty ? "}" : "},"
    }
    var offset = 0
    for (index, plan) in plans.enumerated() {
      let shape = plan.tensor.shape.map(String.init).joined(separator: ",")
      let end = offset + plan.byteCount
      text += index == 0 ? "" : ","
      text += "\(quoted(plan.name)):{\"dtype\":\"\(plan.type.rawValue)\",\"shape\":[\(shape)],"
      text += "\"data_offsets\":[\(offset),\(end)]}"
      offset = end
    }
    text += "}"
    var bytes = Array(text.utf8)
    while bytes.count % 8 != 0 { bytes.append(0x20) }
    return bytes
  }

  /// `text` as a JSON string.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  private static func write(_ plan: Plan, to file: AtomicFile) throws(CheckpointError) {
    if plan.type == plan.tensor.elementType, plan.tensor.divisor == nil {
      try plan.tensor.forEachRun { (bytes) throws(CheckpointError) in try file.write(bytes) }
      return
    }
    let size = plan.tensor.elementType.bitWidth / 8
    let chunk = 1 << 16
    var singles = [Float](repeating: 0, count: chunk)
    var halves = [Float16](repeating: 0, count: chunk)
    try plan.tensor.forEachRun { (bytes) throws(CheckpointError) in
      guard let source = bytes.baseAddress else { return }
      let total = bytes.count / size
      for first in stride(from: 0, to: total, by: chunk) {
        let count = min(chunk, total - first)
        singles.withUnsafeMutableBufferPointer { buffer in
          guard let target = buffer.baseAddress else { return }
          FloatConversion.convert(
            plan.tensor.elementType, from: source + first * size, stride: 1, count: count,
            to: target)
          if let divisor = plan.tensor.divisor {
            for index in 0..<count { target[index] /= divisor }
          }
        }
        if plan.type == .f32 {
          try singles.span.bytes.withUnsafeBytes { (bytes) throws(CheckpointError) in
            try file.write(UnsafeRawBufferPointer(rebasing: bytes[0..<count * 4]))
          }
          continue
        }
        for i in 0..<count {
          halves[i] = Float16(singles[i])
          if halves[i].isInfinite, singles[i].isFinite {
            throw .float16Overflow(name: plan.name, value: singles[i])
          }
        }
        try halves.span.bytes.withUnsafeBytes { (bytes) throws(CheckpointError) in
          try file.write(UnsafeRawBufferPointer(rebasing: bytes[0..<count * 2]))
        }
      }
    }
  }
}
