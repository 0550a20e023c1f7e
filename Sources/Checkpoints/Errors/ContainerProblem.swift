/// How a PyTorch, pickle or NumPy file is broken or not safe to read.
public enum ContainerProblem: Error, Equatable, Sendable {
  /// The zip archive is broken.
  case zip(ZipProblem)
  /// The pickle is broken or wants what only code could do, at this byte of it.
  case pickle(PickleProblem, at: Int)
  /// The PyTorch file is broken or of an unsupported kind.
  case torch(TorchProblem)
  /// The NumPy file is broken.
  case numpy(NumPyProblem)
  /// A tensor's shape does not fit its data.
  case tensor(name: String, TensorProblem)
  /// Two tensors have the same name.
  case duplicateTensor(String)
  /// All tensors together are far larger than the file.
  case tensorsTooLarge(name: String, limit: Int)
  /// Containers inside containers, deeper than any checkpoint has them.
  case nestedTooDeep(Int)
  /// The name of a tensor or setting is longer than this.
  case nameTooLong(Int)
  /// Bytes behind the end of the pickle.
  case trailingBytes(count: Int)
  /// Another version of the persistence format.
  case unknownPersistence(version: Int)
}

/// How a zip archive is broken.
public enum ZipProblem: Error, Equatable, Sendable {
  /// There is no central directory.
  case noDirectory
  /// An entry of the directory is cut off or no entry.
  case brokenDirectory(offset: Int)
  /// More entries than any checkpoint has.
  case tooManyEntries(Int)
  /// Two entries have the same name.
  case duplicateName(String)
  /// An entry is encrypted.
  case encrypted(name: String)
  /// An entry is neither stored nor deflated.
  case unknownMethod(name: String, method: Int)
  /// An entry's data are not inside the file.
  case outsideFile(name: String)
  /// A stored entry's two sizes differ.
  case wrongSize(name: String, stated: Int)
  /// The decompressed data would exceed what the file may cost.
  case tooLarge(name: String, size: Int, limit: Int)
  /// The compressed data are broken or not as long as stated.
  case badDeflate(name: String)
}

/// How a pickle is broken, or what it asks for that is refused.
public enum PickleProblem: Error, Equatable, Sendable {
  /// Protocol 0, 1 or one that is not known yet.
  case unknownProtocol(Int)
  /// A byte that is no instruction.
  case unknownInstruction(UInt8)
  /// An instruction of the format that checkpoints do not use.
  case refusedInstruction(String)
  /// An import of a name that is not in the table.
  case unknownGlobal(String)
  /// Fewer bytes are left than an instruction needs.
  case endsEarly(needed: Int, left: Int)
  /// An instruction needs more values than the stack has.
  case stackUnderflow
  /// An instruction needs a mark and there is none.
  case noMark
  /// The pickle ends inside an unfinished container.
  case markLeft
  /// The memo has no such entry.
  case notInMemo(Int)
  /// An imported name is not text.
  case badName
  /// A call of, or an instance of, something that has no such meaning.
  case notCallable
  /// A call with arguments that do not fit.
  case badArguments(String)
  /// Elements or a state for something that has none.
  case notAContainer
  /// A persistent identifier where none can be.
  case unexpectedPersistent
  /// A persistent identifier that is no storage.
  case badPersistent
  /// More instructions than any checkpoint has.
  case tooManySteps(Int)
  /// Copies beyond what the file may cost.
  case tooMuchMemory(Int)

  static func badArguments(_ global: PickleGlobal) -> PickleProblem {
    .badArguments("\(global)")
  }
}

/// How a PyTorch file is broken or of an unsupported kind.
public enum TorchProblem: Error, Equatable, Sendable {
  /// The archive has no pickle.
  case noPickle
  /// The archive holds a program.
  case torchScript
  /// The byte order is neither little nor big.
  case unknownByteOrder(String)
  /// A legacy stream of another version.
  case unknownLegacyVersion
  /// A legacy stream of a big-endian machine.
  case bigEndianLegacy
  /// The list of storages is broken or names one that no tensor uses.
  case badKeyList
  /// A storage's name is a path.
  case badStorageKey(String)
  /// A storage's data are not in the file.
  case missingStorage(String)
  /// A storage's data would end behind the end of the file.
  case storagePastEnd(String)
  /// A storage's data are not as long as stated.
  case wrongStorageSize(key: String, elements: Int, type: ElementType, bytes: Int)
  /// A view of a storage leaves it.
  case viewOutsideStorage(String)
  /// Nested bytes that are no storage.
  case badNestedStorage
  /// Files inside files, deeper than any checkpoint has them.
  case nestedTooDeep(Int)
}

/// How a NumPy file is broken.
public enum NumPyProblem: Error, Equatable, Sendable {
  /// It does not begin as an array.
  case notAnArray
  /// An archive has an entry that is no array.
  case notAnArrayIn(String)
  /// A version that is not known.
  case unknownVersion(Int)
  /// The header would end behind the end of the file.
  case headerPastEnd
  /// The header is not the dictionary that it should be.
  case badHeader(Int)
  /// Elements that are no numbers.
  case unknownType(String)
  /// The shape does not fit the data.
  case tensor(TensorProblem)
}
