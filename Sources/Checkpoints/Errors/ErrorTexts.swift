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
    case .unknownFormat(let path, let isTar):
      isTar
        ? "\(path) is a tar archive; PyTorch before 0.1.10 wrote these, save it again with a newer one"
        : "\(path) is in no supported format (safetensors, PyTorch, NVIDIA or TensorFlow "
          + "StyleGAN2 pickle, NumPy)"
    case .container(let path, let problem): "cannot import \(path): \(problem.text)"
    case .missingTensor(let path, let name):
      "\(path) has no tensor '\(name)'; is it a model of another kind?"
    case .notConvertible(let type):
      "elements of type \(type.rawValue) cannot be converted to float; save the tensor as F32"
    case .float16Overflow(let name, let value):
      "tensor '\(name)' holds \(value), beyond the range of float16; write it as float32"
    case .unknownModel(let path, let examples):
      "\(path) holds no model that is known"
        + (examples.isEmpty
          ? ": it has no tensors"
          : "; its tensors are called \(Self.list(examples)). Name the source with --kind")
    case .unsupportedModel(let path, let reason): "\(path) cannot be imported: \(reason.printable)"
    case .wrongShape(let path, let name, let expected, let actual):
      "tensor '\(name)' of \(path) has shape \(actual), expected "
        + "[\(expected.map { $0.map(String.init) ?? "any" }.joined(separator: ", "))]"
    case .incompleteModel(let path, let missing, let unused):
      "\(path) is not complete or not of the expected architecture: "
        + [
          missing.isEmpty ? nil : "\(missing.count) tensors are missing (\(Self.list(missing)))",
          unused.isEmpty ? nil : "\(unused.count) tensors are of no use (\(Self.list(unused)))",
        ].compactMap { $0 }.joined(separator: ", ") + "; "
        + [missing.isEmpty ? nil : "--allow-missing", unused.isEmpty ? nil : "--ignore-unused"]
        .compactMap { $0 }.joined(separator: " ") + " imports the rest"
    case .conflictingTensor(let name):
      "two of the files have a tensor '\(name)'; merge only files that complete each other"
    case .unfittingParts(let reason):
      "the files do not make one model: \(reason)"
    case .notStorable(let name, let type):
      "tensor '\(name)' (\(type.rawValue)) cannot be stored in a safetensors file"
    }
  }
}

extension CheckpointError {
  /// The first three of `names`.
  private static func list(_ names: [String]) -> String {
    names.prefix(3).map { "'\($0.printable)'" }.joined(separator: ", ")
      + (names.count > 3 ? ", ..." : "")
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

extension ContainerProblem {
  /// The problem in a few words, to follow the name of the file.
  var text: String {
    switch self {
    case .zip(let problem): problem.text
    case .pickle(let problem, let position): "at byte \(position) of its pickle, \(problem.text)"
    case .torch(let problem): problem.text
    case .numpy(let problem): problem.text
    case .tensor(let name, let problem): "tensor '\(name.printable)': \(problem.text)"
    case .duplicateTensor(let name): "two tensors are called '\(name.printable)'"
    case .tensorsTooLarge(let name, let limit):
      "with '\(name.printable)' its tensors would take more than \(limit) bytes, far more than "
        + "the file"
    case .nestedTooDeep(let limit): "its containers nest more than \(limit) deep"
    case .nameTooLong(let limit): "it has a name of more than \(limit) bytes"
    case .trailingBytes(let count): "\(count) bytes follow its pickle"
    case .unknownPersistence(let version):
      "its networks are stored in version \(version) of the persistence format, known is 6"
    }
  }
}

extension ZipProblem {
  /// The problem in a few words, to follow the name of the file.
  var text: String {
    switch self {
    case .noDirectory: "the zip archive has no directory; the file may be cut off"
    case .brokenDirectory(let offset): "the zip directory is broken at byte \(offset)"
    case .tooManyEntries(let limit): "the zip archive has more than \(limit) entries"
    case .duplicateName(let name): "the zip archive has '\(name.printable)' twice"
    case .encrypted(let name): "'\(name.printable)' is encrypted"
    case .unknownMethod(let name, let method):
      "'\(name.printable)' is compressed with method \(method); known are stored and deflate"
    case .outsideFile(let name): "'\(name.printable)' lies outside the file"
    case .wrongSize(let name, let stated):
      "'\(name.printable)' is stored but its size is not the stated \(stated) bytes"
    case .tooLarge(let name, let size, let limit):
      "'\(name.printable)' would decompress to \(size) bytes, beyond the limit of \(limit) for "
        + "this file"
    case .badDeflate(let name): "the compressed data of '\(name.printable)' are broken"
    }
  }
}

extension PickleProblem {
  /// The problem in a few words.
  var text: String {
    switch self {
    case .unknownProtocol(let version): "protocol \(version) is not supported (2 to 5 are)"
    case .unknownInstruction(let code): "\(code) is no instruction"
    case .refusedInstruction(let name): "instruction \(name) is refused: no checkpoint needs it"
    case .unknownGlobal(let name):
      "the import of '\(name.printable)' is refused: it is not among the names that checkpoints "
        + "use, and nothing in a file is ever executed"
    case .endsEarly(let needed, let left):
      needed == .max
        ? "a length is absurd" : "\(needed) bytes are needed and \(left) are left"
    case .stackUnderflow: "the stack is empty"
    case .noMark: "there is no mark"
    case .markLeft: "it ends inside an unfinished container"
    case .notInMemo(let index): "there is no memo entry \(index)"
    case .badName: "an imported name is broken"
    case .notCallable: "a call of something that cannot be called is refused"
    case .badArguments(let global): "the arguments of \(global) do not fit"
    case .notAContainer: "something is added to what is no container"
    case .unexpectedPersistent: "a persistent identifier stands where none can be"
    case .badPersistent: "a persistent identifier names no storage"
    case .tooManySteps(let limit): "the limit of \(limit) instructions and objects is exceeded"
    case .tooMuchMemory(let limit): "the limit of \(limit) bytes for this file is exceeded"
    }
  }
}

extension TorchProblem {
  /// The problem in a few words, to follow the name of the file.
  var text: String {
    switch self {
    case .noPickle: "the archive holds neither a PyTorch file nor arrays"
    case .torchScript: "it is a TorchScript program; save the state dictionary instead"
    case .unknownByteOrder(let order): "its byte order is '\(order.printable)'"
    case .unknownLegacyVersion: "its legacy format has another version than 1001"
    case .bigEndianLegacy: "it was written by a big-endian machine"
    case .badKeyList: "its list of storages does not match its tensors"
    case .badStorageKey(let key): "the storage name '\(key.printable)' is a path"
    case .missingStorage(let key): "the data of storage '\(key.printable)' are missing"
    case .storagePastEnd(let key):
      "storage '\(key.printable)' reaches past the end; the file may be cut off"
    case .wrongStorageSize(let key, let elements, let type, let bytes):
      "storage '\(key.printable)' should hold \(elements) elements of type \(type.rawValue), the "
        + "file has \(bytes) bytes for it"
    case .viewOutsideStorage(let key): "a view leaves storage '\(key.printable)'"
    case .badNestedStorage: "nested bytes are no PyTorch storage"
    case .nestedTooDeep(let limit): "files nest more than \(limit) deep in it"
    }
  }
}

extension NumPyProblem {
  /// The problem in a few words, to follow the name of the file.
  var text: String {
    switch self {
    case .notAnArray: "it is no NumPy array"
    case .notAnArrayIn(let name):
      "'\(name.printable)' in the archive is no NumPy array, and there is no PyTorch pickle"
    case .unknownVersion(let version): "NumPy format version \(version) is not known"
    case .headerPastEnd: "its NumPy header is cut off or too long"
    case .badHeader(let position): "its NumPy header is broken at byte \(position)"
    case .unknownType(let code): "NumPy elements of type '\(code.printable)' are no numbers"
    case .tensor(let problem): "the array's \(problem.text)"
    }
  }
}

extension String {
  /// At most 80 characters without control characters, fit for a message on a terminal.
  public var printable: String {
    let clean = String(
      String.UnicodeScalarView(
        unicodeScalars.prefix(80).map {
          $0.value < 0x20 || (0x7f..<0xa0).contains($0.value) ? "\u{fffd}" : $0
        }))
    return unicodeScalars.count > 80 ? clean + "…" : clean
  }
}
