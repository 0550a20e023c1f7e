import Checkpoints
import Pictures

/// Fingerprints of files.
enum FileFingerprint {
  /// The fingerprint of a file's bytes.
  static func of(_ bytes: [UInt8]) -> String {
    var hash = ContentHash()
    bytes.withUnsafeBytes { hash.update($0) }
    return hash.hexadecimal
  }

  /// The fingerprint of a file; nil when it cannot be read.
  static func of(_ path: String) -> String? { (try? PictureFile.bytes(at: path)).map { of($0) } }
}
