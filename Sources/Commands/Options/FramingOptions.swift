import ArgumentParser
import Editing
import Pictures

/// Which part of a photo the model sees.
struct FramingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Part of the photo that the model sees: 'auto' for the largest centred one, a box "
        + "LEFT,TOP,WIDTH,HEIGHT in pixels, or 'none' for the whole photo.", valueName: "part"))
  var crop = Crop.auto

  @Option(
    help: ArgumentHelp(
      "The 68 points of the face, which is turned upright as the model knows it: a file, or a "
        + "folder with NAME.txt for each photo NAME. Photos without one are centred.",
      valueName: "file|folder"))
  var landmarks: String?

  /// A value of `--crop`.
  enum Crop: ExpressibleByArgument, Equatable {
    case auto
    case box(PixelRect)
    case none

    init?(argument: String) {
      switch argument {
      case "auto": self = .auto
      case "none": self = .none
      default:
        let numbers = argument.split(separator: ",", omittingEmptySubsequences: false)
          .map { Int($0) }
        guard numbers.count == 4, let left = numbers[0], let top = numbers[1],
          let width = numbers[2], let height = numbers[3], left >= 0, top >= 0, width > 0,
          height > 0, max(left, top, width, height) < 1 << 20
        else { return nil }
        self = .box(PixelRect(left: left, top: top, width: width, height: height))
      }
    }

    var defaultValueDescription: String { "auto" }
  }

  func validate() throws {
    if landmarks != nil, crop != .auto {
      throw ValidationError("--landmarks says which part the model sees; leave --crop out")
    }
  }

  /// The framing of a single photo.
  ///
  /// - Throws: `EditingError` for a landmark file that cannot be read.
  func framing(of path: String) throws -> PhotoFraming {
    guard let landmarks else { return cropFraming }
    guard FileStatus(of: landmarks)?.isFolder == true else {
      return try PhotoFraming(landmarks: landmarks)
    }
    return try PhotoFraming(landmarksOf: path, in: landmarks) ?? cropFraming
  }

  /// The framing that `--crop` asks for.
  var cropFraming: PhotoFraming {
    switch crop {
    case .auto: .centered
    case .box(let rect): .box(rect)
    case .none: .whole
    }
  }
}
