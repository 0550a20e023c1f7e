/// What can be wrong with pictures, masks and palettes that come from outside the program.
public enum PictureError: Error, Equatable, Sendable {
  /// There is no file at `path`.
  case notFound(path: String)
  /// The file at `path` cannot be read; `reason` is the system's.
  case unreadable(path: String, reason: String)
  /// Nothing can be written at `path`; `reason` is the system's.
  case unwritable(path: String, reason: String)
  /// The extension of `path` names neither PNG nor JPEG.
  case unknownExtension(path: String)
  /// The file has more than `limit` bytes.
  case fileTooLarge(path: String, limit: Int)
  /// The bytes of `name` are neither PNG nor JPEG.
  case notAPicture(name: String)
  /// The bytes of `name` are truncated or contradict themselves.
  case damaged(name: String, format: PictureFormat, reason: String)
  /// The file is valid but of a kind that is not read.
  case unsupported(name: String, format: PictureFormat, reason: String)
  /// The picture has more pixels than allowed.
  case tooLarge(name: String, width: Int, height: Int, maxPixels: Int)
  /// Memory for the picture is not available.
  case outOfMemory(name: String)
  /// The format cannot hold the picture.
  case notEncodable(format: PictureFormat, reason: String)

  /// A mask holds colours that belong to no class.
  ///
  /// `color` is the most frequent of the `distinct` unknown colours, `pixels` counts the pixels of
  /// all of them, and (`x`, `y`) is the first pixel of `color` in reading order.
  case unknownColor(name: String, color: String, distinct: Int, pixels: Int, x: Int, y: Int)
  /// A mask holds ids that belong to no class; fields as for `unknownColor`.
  case unknownClass(name: String, id: Int, classCount: Int, pixels: Int, x: Int, y: Int)
  /// A mask has transparent pixels, whose class nobody can know.
  case transparentMask(name: String, pixels: Int, x: Int, y: Int)
  /// A mask was stored with loss.
  case lossyMask(name: String)
  /// A mask is to be written to a file that is not PNG by its name.
  case maskNotPNG(path: String)
  /// A picture or mask has another size than the one it belongs to.
  case sizeMismatch(
    name: String, expectedWidth: Int, expectedHeight: Int, actualWidth: Int, actualHeight: Int)

  /// A list of landmarks holds other than 136 numbers.
  case landmarkCount(name: String, count: Int)
  /// The landmarks do not describe a face in the picture.
  case landmarksUnusable(name: String, reason: String)

  /// A palette has no class, or more than 256.
  case paletteSize(count: Int)
  /// Two classes of a palette have the same colour.
  case duplicateColor(color: String, first: String, second: String)
  /// Two classes of a palette have the same name.
  case duplicateClass(name: String)
  /// The palette has no class of this name.
  case noSuchClass(name: String, available: [String])
}

extension PictureError: CustomStringConvertible {
  /// One sentence that says what is wrong and what to do next.
  public var description: String {
    switch self {
    case .notFound(let path):
      "\(path): no such file; check the path"
    case .unreadable(let path, let reason):
      "\(path): cannot be read: \(reason)"
    case .unwritable(let path, let reason):
      "\(path): cannot be written: \(reason)"
    case .unknownExtension(let path):
      "\(path): unknown picture format; use a name that ends in .png, .jpg or .jpeg"
    case .fileTooLarge(let path, let limit):
      "\(path): the file is larger than \(limit) bytes; a picture was expected"
    case .notAPicture(let name):
      "\(name): not a picture; PNG and JPEG files are read"
    case .damaged(let name, let format, let reason):
      "\(name): the \(format.name) file is damaged: \(reason)"
    case .unsupported(let name, let format, let reason):
      "\(name): this kind of \(format.name) file is not read: \(reason)"
    case .tooLarge(let name, let width, let height, let maxPixels):
      "\(name): \(width)x\(height) is too large; at most \(maxPixels) pixels are read"
    case .outOfMemory(let name):
      "\(name): there is not enough memory for this picture"
    case .notEncodable(let format, let reason):
      "the picture cannot be stored as \(format.name): \(reason)"
    case .landmarkCount(let name, let count):
      "\(name): found \(count) numbers, expected 136: x and y of the 68 points of a face"
    case .landmarksUnusable(let name, let reason):
      "\(name): the face cannot be aligned: \(reason); check that the landmarks belong to the picture"
    default:
      maskDescription
    }
  }

  private var maskDescription: String {
    switch self {
    case .unknownColor(let name, let color, let distinct, let pixels, let x, let y):
      if distinct == 1 {
        "\(name): \(color) is not the colour of a class (\(counted(pixels)), the first at "
          + "\(x),\(y)); paint with the palette's colours or repair with --nearest-class"
      } else {
        "\(name): \(distinct) colours are not those of a class (\(counted(pixels)); mostly "
          + "\(color), the first at \(x),\(y)); paint with the palette's colours or repair with "
          + "--nearest-class"
      }
    case .unknownClass(let name, let id, let classCount, let pixels, let x, let y):
      "\(name): there is no class \(id) (\(counted(pixels)) out of range, the first at \(x),\(y)); "
        + "ids go from 0 to \(classCount - 1)"
    case .transparentMask(let name, let pixels, let x, let y):
      "\(name): the mask is transparent in places (\(counted(pixels)), the first at \(x),\(y)); "
        + "flatten it onto an opaque class colour"
    case .lossyMask(let name):
      "\(name): a mask in JPEG has lost its exact colours; use PNG or repair with --nearest-class"
    case .maskNotPNG(let path):
      "\(path): masks are written as PNG only; use a name that ends in .png"
    case .sizeMismatch(let name, let wantedWidth, let wantedHeight, let width, let height):
      "\(name): the size is \(width)x\(height), expected \(wantedWidth)x\(wantedHeight)"
    case .paletteSize(let count):
      "a palette has 1 to 256 classes, not \(count)"
    case .duplicateColor(let color, let first, let second):
      "the classes \(first) and \(second) have the same colour \(color); "
        + "give each class its own"
    case .duplicateClass(let name):
      "two classes are called \(name); give each class its own name"
    case .noSuchClass(let name, let available):
      "there is no class \(name); the classes are \(available.joined(separator: ", "))"
    default:
      "the picture cannot be used"
    }
  }

  private func counted(_ pixels: Int) -> String { pixels == 1 ? "1 pixel" : "\(pixels) pixels" }
}
