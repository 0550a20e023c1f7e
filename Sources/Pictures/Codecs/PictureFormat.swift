/// A file format that is read and written.
public enum PictureFormat: String, CaseIterable, Sendable {
  /// Portable Network Graphics, lossless.
  case png
  /// JPEG (JFIF), lossy.
  case jpeg

  /// The format's name in messages.
  public var name: String {
    switch self {
    case .png: "PNG"
    case .jpeg: "JPEG"
    }
  }

  /// The format that the extension of `path` names (`.png`, `.jpg`, `.jpeg`, in any case).
  public init(extensionOf path: String) throws(PictureError) {
    let name = path.lowercased().split(separator: "/").last ?? ""
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    switch parts.count > 1 ? parts.last : nil {
    case "png": self = .png
    case "jpg", "jpeg": self = .jpeg
    default: throw .unknownExtension(path: path)
    }
  }
}

/// How a picture is stored.
public enum PictureEncoding: Equatable, Sendable {
  /// PNG, 8 bits per sample.
  case png
  /// JPEG. `quality` is clamped to 1...100; `fullChroma` keeps the colour resolution (4:4:4) where
  /// most cameras halve it (4:2:0).
  case jpeg(quality: Int = 95, fullChroma: Bool = true)

  /// The encoding used when only a format is named.
  public init(_ format: PictureFormat) {
    switch format {
    case .png: self = .png
    case .jpeg: self = .jpeg()
    }
  }
}

/// What a file may demand before anything is allocated for it.
public struct DecodingLimits: Equatable, Sendable {
  /// Most pixels of a picture.
  public var maxPixels: Int
  /// Most bytes of a file.
  public var maxFileBytes: Int

  /// Limits on pixels (default 2^28, 268 megapixels) and file size (default 1 GiB).
  public init(maxPixels: Int = 1 << 28, maxFileBytes: Int = 1 << 30) {
    self.maxPixels = maxPixels
    self.maxFileBytes = maxFileBytes
  }
}
