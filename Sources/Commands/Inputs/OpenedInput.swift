import Editing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// An input that was read but not embedded yet: a photo, or a code with or without its photo.
struct OpenedInput {
  /// Where it was read.
  let path: String
  /// The photo, when there is one.
  let photo: Photo?
  /// The code, when the file is one.
  let code: LatentCode?

  /// Reads a photo or a `.code` file; the content decides which it is.
  ///
  /// - Parameters:
  ///   - photoPath: the photo of a code.
  ///   - warn: receives a line about flaws that reading survives.
  /// - Throws: `EditingError`, also when the photo at `photoPath` is not the code's.
  init(_ path: String, photoPath: String? = nil, warn: (String) -> Void) throws {
    self.path = path
    guard Self.isCode(path) else {
      if photoPath != nil { warn("\(path) is a photo itself; --photo is ignored") }
      photo = try Photo(contentsOf: path, warn: warn)
      code = nil
      return
    }
    let code = try LatentCode(contentsOf: path)
    self.code = code
    guard let photoPath else {
      photo = nil
      return
    }
    let photo = try Photo(contentsOf: photoPath, warn: warn)
    guard case .photo(let reference) = code.record.source, reference.hash == photo.hash else {
      throw EditingError.photoOfOtherCode(path: photoPath)
    }
    self.photo = photo
  }

  /// Whether a file begins like a safetensors file: the length of the header, then a brace.
  private static func isCode(_ path: String) -> Bool {
    // A pipe must not lose its first bytes here; only regular files are codes.
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return false }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 9)
    guard read(file, &bytes, bytes.count) == bytes.count else { return false }
    return bytes[8] == UInt8(ascii: "{") && bytes[4..<8].allSatisfy { $0 == 0 }
  }
}
