/// What can go wrong when a checkpoint is read or written. Texts: `ErrorTexts.swift`.
public enum CheckpointError: Error, Equatable, Sendable {
  /// The operating system does not let the file be read.
  case unreadable(path: String, reason: String)
  /// The operating system does not let the file be written.
  case unwritable(path: String, reason: String)
  /// A safetensors file breaks the format.
  case safetensors(path: String, SafetensorsProblem)
  /// The first bytes are those of no supported format.
  case unknownFormat(path: String, isTar: Bool)
  /// A PyTorch, pickle or NumPy file is broken or not safe to read.
  case container(path: String, ContainerProblem)
  /// A tensor that is needed is not in the file.
  case missingTensor(path: String, name: String)
  /// The element type has no single-precision value.
  case notConvertible(ElementType)
  /// A value is too large for half precision.
  case float16Overflow(name: String, value: Float)
  /// The names of the tensors are those of no known model.
  case unknownModel(path: String, examples: [String])
  /// A known kind of model that is not supported.
  case unsupportedModel(path: String, reason: String)
  /// A tensor of a known model has another shape; nil stands for any size.
  case wrongShape(path: String, name: String, expected: [Int?], actual: [Int])
  /// Tensors are missing, or there are some that this program has no use for.
  case incompleteModel(path: String, missing: [String], unused: [String])
  /// Two files that are merged have a tensor of the same name.
  case conflictingTensor(name: String)
  /// Files that are merged belong to different models.
  case unfittingParts(reason: String)
  /// The safetensors format has no place for this tensor.
  case notStorable(name: String, type: ElementType)
}

/// How a shape, strides and bytes fail to make a tensor.
public enum TensorProblem: Error, Equatable, Sendable {
  /// A dimension is negative.
  case negativeDimension([Int])
  /// The number of elements or bytes does not fit into 63 bits.
  case shapeOverflow([Int])
  /// The last element ends within a byte.
  case partialByte([Int], ElementType)
  /// The bytes are not exactly those of the shape.
  case wrongByteCount(shape: [Int], expected: Int, actual: Int)
  /// Shape and strides have different lengths.
  case rankMismatch(shape: [Int], strides: [Int])
  /// The first element would lie before the storage.
  case negativeOffset(Int)
  /// A stride is negative.
  case negativeStride([Int])
  /// An element would lie behind the end of the storage.
  case outsideStorage(shape: [Int], strides: [Int], offset: Int, stored: Int)
}

/// How a file breaks the safetensors format.
public enum SafetensorsProblem: Error, Equatable, Sendable {
  /// Fewer than the eight bytes of the header's length.
  case tooShort(count: Int)
  /// The header is longer than the format allows.
  case headerTooLong(UInt64)
  /// The header would end behind the end of the file.
  case headerPastEnd(stated: Int, available: Int)
  /// The header does not begin with '{'.
  case headerStart(UInt8?)
  /// The header is not text.
  case headerNotUTF8
  /// The header is not the JSON that it should be.
  case jsonSyntax(expected: String, position: Int, tensor: String?)
  /// A key occurs twice.
  case duplicateKey(String)
  /// More tensors or metadata entries than any model has.
  case tooManyEntries(Int)
  /// A metadata value is not a string.
  case metadataNotText(key: String)
  /// A tensor lacks one of its three fields.
  case missingField(tensor: String, field: String)
  /// A tensor's element type is not one of the format.
  case unknownElementType(tensor: String, type: String)
  /// A tensor does not begin where the one before it ends, or ends before it begins.
  case badOffsets(tensor: String, begin: Int, end: Int, expectedBegin: Int)
  /// A tensor ends behind the end of the file.
  case dataPastEnd(tensor: String, end: Int, available: Int)
  /// A tensor's shape does not fit its bytes.
  case tensor(name: String, TensorProblem)
  /// Bytes at the end of the file belong to no tensor.
  case uncoveredData(covered: Int, available: Int)

  static func json(_ failure: JSONScanner.Failure) -> SafetensorsProblem {
    .jsonSyntax(expected: failure.expected, position: failure.position, tensor: nil)
  }
}
