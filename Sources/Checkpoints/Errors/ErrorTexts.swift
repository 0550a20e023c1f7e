#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

// All texts of this module's errors: what is wrong, with names and numbers, and what to do next.

extension CheckpointError: LocalizedError {
  /// The whole message for the user, in one line.
  public var errorDescription: String? { text }

  /// The whole message for the user, in one line.
  public var text: String {
    switch self {
    case .unreadable(let path, let reason): "cannot read \(path): \(reason)"
    case .unwritable(let path, let reason): "cannot write \(path): \(reason)"
    case .safetensors(let path, let problem):
      "\(path) is not a valid safetensors file: \(problem.text)"
    case .missingTensor(let path, let name):
      "\(path) has no tensor '\(name)'; is it a model of another kind?"
    case .notConvertible(let type):
      "elements of type \(type.rawValue) cannot be converted to float; save the tensor as F32"
    case .float16Overflow(let name, let value):
      "tensor '\(name)' holds \(value), beyond the range of float16; write it as float32"
    case .notStorable(let name, let type):
      "tensor '\(name)' (\(type.rawValue)) cannot be stored in a safetensors file"
    }
  }
}

extension TensorProblem {
  /// The problem in a few words, to follow the name of the tensor.
  var text: String {
    switch self {
    case .negativeDimension(let shape): "shape \(shape) has a negative dimension"
    case .shapeOverflow(let shape): "shape \(shape) has more elements than fit into memory"
    case .partialByte(let shape, let type):
      "shape \(shape) of type \(type.rawValue) does not fill whole bytes"
    case .wrongByteCount(let shape, let expected, let actual):
      "shape \(shape) needs \(expected) bytes, the file has \(actual) for it"
    case .rankMismatch(let shape, let strides):
      "shape \(shape) and strides \(strides) differ in length"
    case .negativeOffset(let offset): "offset \(offset) is negative"
    case .negativeStride(let strides): "strides \(strides) have a negative entry"
    case .outsideStorage(let shape, let strides, let offset, let stored):
      "shape \(shape) with strides \(strides) from offset \(offset) reaches past the "
        + "\(stored) stored elements"
    }
  }
}

extension SafetensorsProblem {
  /// The problem in a few words, to follow the name of the file.
  var text: String {
    switch self {
    case .tooShort(let count): "it has \(count) bytes, fewer than the 8 of the header length"
    case .headerTooLong(let stated):
      "its header claims \(stated) bytes, more than the allowed "
        + "\(SafetensorsReader.maximumHeaderLength)"
    case .headerPastEnd(let stated, let available):
      "its header claims \(stated) bytes, only \(available) follow; the file may be cut off"
    case .headerStart(let byte):
      "its header begins with "
        + (byte.map { "byte \($0)" } ?? "nothing") + " instead of '{'"
    case .headerNotUTF8: "its header is not valid UTF-8"
    case .jsonSyntax(let expected, let position, let tensor):
      "its header should have \(expected) at byte \(position)"
        + (tensor.map { " (tensor '\($0)')" } ?? "")
    case .duplicateKey(let key): "key '\(key)' occurs twice in its header"
    case .tooManyEntries(let limit): "its header has more than \(limit) entries"
    case .metadataNotText(let key): "metadata '\(key)' is not a string"
    case .missingField(let tensor, let field): "tensor '\(tensor)' has no valid '\(field)'"
    case .unknownElementType(let tensor, let type):
      "tensor '\(tensor)' has the unknown element type '\(type)'"
    case .badOffsets(let tensor, let begin, let end, let expected):
      "tensor '\(tensor)' spans bytes \(begin) to \(end), it should begin at \(expected): "
        + "tensors must follow each other without holes or overlap"
    case .dataPastEnd(let tensor, let end, let available):
      "tensor '\(tensor)' ends at byte \(end), the data at \(available); the file may be cut off"
    case .tensor(let name, let problem): "tensor '\(name)': \(problem.text)"
    case .uncoveredData(let covered, let available):
      "\(available - covered) bytes at its end belong to no tensor"
    }
  }
}
