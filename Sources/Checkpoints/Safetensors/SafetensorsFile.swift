/// A file in the safetensors format, this program's own format for models, codes and vectors.
///
/// Opening reads and checks the header only; tensors stay in the file (memory-mapped) until they
/// are converted. Format: https://huggingface.co/docs/safetensors.
public struct SafetensorsFile: Sendable {
  /// Where the file was read.
  public let path: String
  /// The `__metadata__` dictionary of the header.
  public let metadata: [String: String]
  /// All tensors by name.
  public let tensors: [String: CheckpointTensor]

  /// Opens the file at `path`.
  ///
  /// - Throws: `CheckpointError.unreadable`, or `.safetensors` with the first thing that is wrong.
  public init(contentsOf path: String) throws(CheckpointError) {
    try self.init(MappedFile.open(path), named: path)
  }

  /// Reads a file that is in memory already; `path` stands in messages.
  ///
  /// - Throws: `CheckpointError.safetensors` with the first thing that is wrong.
  public init(_ bytes: ByteRegion, named path: String) throws(CheckpointError) {
    do throws(SafetensorsProblem) {
      let reader = try SafetensorsReader(bytes)
      self.path = path
      metadata = reader.metadata
      tensors = reader.tensors
    } catch { throw .safetensors(path: path, error) }
  }

  /// The tensor called `name`.
  ///
  /// - Throws: `CheckpointError.missingTensor`.
  public func tensor(_ name: String) throws(CheckpointError) -> CheckpointTensor {
    guard let tensor = tensors[name] else { throw .missingTensor(path: path, name: name) }
    return tensor
  }
}
