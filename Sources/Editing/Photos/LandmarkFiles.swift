import Pictures

extension PhotoFraming {
  private static let suffixes = ["txt", "csv", "json", "pts"]

  /// The square around the face whose 68 points stand in a file.
  ///
  /// - Throws: `EditingError.picture` when they cannot be read or are those of no face.
  public init(landmarks path: String) throws(EditingError) {
    do throws(PictureError) {
      self = .face(try FaceAlignment(FaceLandmarks(contentsOf: path), named: path))
    } catch { throw .picture(error) }
  }

  /// The square around the face of a photo whose points stand in a folder; nil when they do not.
  ///
  /// - Throws: `EditingError.picture` when they cannot be read or are those of no face.
  public init?(landmarksOf photo: String, in folder: String) throws(EditingError) {
    guard let path = Self.landmarks(of: photo, in: folder) else { return nil }
    try self.init(landmarks: path)
  }

  /// The landmark file of a photo: that of its name with `.txt`, `.csv`, `.json` or `.pts`.
  static func landmarks(of photo: String, in folder: String) -> String? {
    let name = photo.split(separator: "/").last.map(String.init) ?? photo
    let stem = name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
    return suffixes.map { "\(folder)/\(stem).\($0)" }.first { FileStamp(of: $0) != nil }
  }
}
