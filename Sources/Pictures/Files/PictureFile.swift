/// Files of pictures as bytes, for callers that hash what they read and write.
public enum PictureFile {
  /// The bytes of a file.
  ///
  /// - Throws: `PictureError.notFound`, `.unreadable` or `.fileTooLarge`.
  public static func bytes(at path: String, limits: DecodingLimits = DecodingLimits())
    throws(PictureError) -> [UInt8]
  {
    try readFile(path, maxBytes: limits.maxFileBytes)
  }

  /// Writes bytes so that `path` holds all of them or what it held before.
  ///
  /// - Throws: `PictureError.unwritable`.
  public static func write(_ bytes: [UInt8], to path: String) throws(PictureError) {
    try writeFile(bytes, to: path)
  }

  /// Whether a file's name says that it was not finished: a writer was killed, or is at work.
  public static func isTemporary(_ name: String) -> Bool {
    name.hasPrefix(temporaryPrefix) && name.hasSuffix(temporarySuffix)
  }
}
