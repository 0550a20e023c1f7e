/// A file of any supported format: its tensors and settings under flat names.
///
/// Nested dictionaries and modules become dotted names: "g_ema.conv1.conv.weight",
/// "G_ema.synthesis.b4.const", "opts.encoder_type". Nothing in the file is executed and tensors
/// stay in the file (memory-mapped) until they are converted.
public struct Checkpoint: Sendable {
  /// How the file is built, found by its first bytes.
  public enum Format: String, Sendable {
    /// The safetensors format.
    case safetensors
    /// A zip archive of PyTorch 1.6 and later.
    case torchArchive = "PyTorch archive"
    /// A stream of pickles and storages of older PyTorch.
    case torchStream = "PyTorch legacy stream"
    /// A plain pickle: networks of stylegan2-ada-pytorch, stylegan3 or StyleGAN2 for TensorFlow.
    case pickle
    /// One NumPy array.
    case npy = "NumPy array"
    /// A zip archive of NumPy arrays.
    case npz = "NumPy archive"
  }

  /// A setting beside the tensors.
  public enum Attribute: Sendable, Equatable {
    /// True or false.
    case bool(Bool)
    /// A whole number.
    case integer(Int)
    /// A number.
    case double(Double)
    /// Text.
    case text(String)
  }

  /// Where the file was read.
  public let path: String
  /// How the file is built.
  public let format: Format
  /// All tensors by name.
  public let tensors: [String: CheckpointTensor]
  /// All settings by name.
  public let attributes: [String: Attribute]
  /// The `__metadata__` of a safetensors file; empty for other formats.
  public let metadata: [String: String]

  /// Opens the file at `path`.
  ///
  /// - Throws: `CheckpointError.unreadable`, `.unknownFormat`, `.safetensors` or `.container`.
  public init(contentsOf path: String) throws(CheckpointError) {
    try self.init(bytes: try MappedFile.open(path), path: path)
  }

  /// Reads a file that is already in memory; `path` is named in errors.
  init(bytes file: ByteRegion, path: String) throws(CheckpointError) {
    self.path = path
    guard let format = Format(firstBytesOf: file) else {
      throw .unknownFormat(path: path, isTar: file.starts(with: "ustar".utf8, at: 257))
    }
    if format == .safetensors {
      do throws(SafetensorsProblem) {
        let reader = try SafetensorsReader(file)
        self.format = format
        tensors = reader.tensors
        metadata = reader.metadata
        attributes = [:]
        return
      } catch { throw .safetensors(path: path, error) }
    }
    do throws(ContainerProblem) {
      let contents = try CheckpointContents(file, format: format)
      self.format = contents.format
      tensors = contents.tensors
      attributes = contents.attributes
      metadata = [:]
    } catch { throw .container(path: path, error) }
  }

  /// A checkpoint of tensors and settings that are already there.
  init(
    path: String, format: Format, tensors: [String: CheckpointTensor],
    attributes: [String: Attribute] = [:], metadata: [String: String] = [:]
  ) {
    self.path = path
    self.format = format
    self.tensors = tensors
    self.attributes = attributes
    self.metadata = metadata
  }

  /// The tensor called `name`.
  ///
  /// - Throws: `CheckpointError.missingTensor`.
  public func tensor(_ name: String) throws(CheckpointError) -> CheckpointTensor {
    guard let tensor = tensors[name] else { throw .missingTensor(path: path, name: name) }
    return tensor
  }
}

extension Checkpoint.Format {
  /// The format that a file begins as, or nil when it is none of these.
  init?(firstBytesOf file: ByteRegion) {
    if file.starts(with: NumPyReader.magic) {
      self = .npy
    } else if file.starts(with: [0x50, 0x4b, 0x03, 0x04]) {
      self = .torchArchive
    } else if TorchReader.isLegacy(file) {
      self = .torchStream
    } else if file[8] == 0x7b, (4..<8).allSatisfy({ file[$0] == 0 }) {
      // The length of its header may begin with the bytes of a pickle: 640 is 80 02.
      self = .safetensors
    } else if file[0] == 0x80, let version = file[1], version <= 0x0f {
      self = .pickle
    } else if file[8] == 0x7b || file.count < 8 || file[7] == 0 {
      self = .safetensors
    } else {
      return nil
    }
  }
}
