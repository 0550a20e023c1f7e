import CModels
import Checkpoints

/// Models and vectors that are compiled into the program.
enum ShippedFiles {
  /// One file.
  struct File {
    let domain: String
    /// Empty for a model.
    let name: String
    let bytes: ByteRegion
  }

  static let all: [File] = {
    var count = 0
    guard let files = semblance_shipped_files(&count) else { return [] }
    return (0..<count).map { index in
      let file = files[index]
      return File(
        domain: String(cString: file.domain), name: String(cString: file.name),
        bytes: ByteRegion(immortal: UnsafeRawBufferPointer(start: file.bytes, count: file.count)))
    }
  }()
}
