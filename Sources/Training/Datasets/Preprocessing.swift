import Pictures
import TensorCore

/// How a photo and its label map are brought to the size of the network (SPADE spec 7.4). Both are
/// treated alike; labels are never mixed.
public struct Preprocessing: Sendable, Equatable, Codable {
  /// The modes of the reference.
  public enum Mode: String, Sendable, Equatable, Codable, CaseIterable {
    /// To a square of the load size, then a random crop.
    case resizeAndCrop = "resize_and_crop"
    /// A random crop.
    case crop
    /// To the load size in width, the aspect kept.
    case scaleWidth = "scale_width"
    /// The same, then a random crop.
    case scaleWidthAndCrop = "scale_width_and_crop"
    /// To the load size in the shorter side, the aspect kept.
    case scaleShortside = "scale_shortside"
    /// The same, then a random crop.
    case scaleShortsideAndCrop = "scale_shortside_and_crop"
    /// To the size of the network, the aspect not kept.
    case fixed
    /// Each side to the nearest multiple of 32.
    case none
  }

  /// What is done.
  public var mode: Mode
  /// Side that pictures are scaled to before they are cropped.
  public var loadSize: Int
  /// Width of the network's pictures.
  public var width: Int
  /// Height of the network's pictures.
  public var height: Int
  /// Whether half of the pairs are mirrored; classes `left_...` and `right_...` change places then.
  public var mirrors: Bool

  /// A preprocessing for a network of `width` x `height`.
  public init(mode: Mode, loadSize: Int, width: Int, height: Int, mirrors: Bool = true) {
    self.mode = mode
    self.loadSize = loadSize
    self.width = width
    self.height = height
    self.mirrors = mirrors
  }

  /// A pair, prepared; the same for the same state of `random`.
  ///
  /// - Parameters:
  ///   - instances: which object a pixel belongs to, of the size of `labels`.
  ///   - mirroredClasses: what each class becomes in a mirror.
  func callAsFunction(
    _ photo: Picture, _ labels: LabelMap, instances: InstanceMap? = nil, mirroredClasses: [UInt8],
    _ random: inout RandomSource
  ) -> (photo: Picture, labels: LabelMap, instances: InstanceMap?) {
    let size = scaledSize(width: photo.width, height: photo.height)
    var photo = photo.resized(width: size.width, height: size.height, by: .bicubic)
    var labels = labels.resized(width: size.width, height: size.height)
    var instances = instances?.resized(width: size.width, height: size.height)
    let (x, y, flip) = Self.draw(&random)
    if crops, photo.width >= width, photo.height >= height {
      let rect = PixelRect(
        left: Int(x * Float(photo.width - width + 1)),
        top: Int(y * Float(photo.height - height + 1)), width: width, height: height)
      photo = photo.cropped(to: rect)
      labels = labels.cropped(to: rect)
      instances = instances?.cropped(to: rect)
    }
    if mirrors, flip < 0.5 {
      photo = photo.mirrored()
      labels = labels.mirrored().exchanging(mirroredClasses)
      instances = instances?.mirrored()
    }
    return (photo, labels, instances)
  }

  /// The place of the crop and whether to mirror, as numbers of 0..<1. They are drawn for every pair,
  /// so that one pair's size has no say in the next pair's numbers, and for pairs that another
  /// process prepares.
  @discardableResult
  static func draw(_ random: inout RandomSource) -> (x: Float, y: Float, flip: Float) {
    (random.uniform(), random.uniform(), random.uniform())
  }

  private var crops: Bool {
    switch mode {
    case .resizeAndCrop, .crop, .scaleWidthAndCrop, .scaleShortsideAndCrop: true
    case .scaleWidth, .scaleShortside, .fixed, .none: false
    }
  }

  private func scaledSize(width: Int, height: Int) -> (width: Int, height: Int) {
    switch mode {
    case .resizeAndCrop: return (loadSize, loadSize)
    case .crop: return (width, height)
    case .scaleWidth, .scaleWidthAndCrop: return (loadSize, max(1, loadSize * height / width))
    case .scaleShortside, .scaleShortsideAndCrop:
      return width < height
        ? (loadSize, max(1, loadSize * height / width))
        : (max(1, loadSize * width / height), loadSize)
    case .fixed: return (self.width, self.height)
    case .none:
      func multiple(_ side: Int) -> Int { max(32, (side + 16) / 32 * 32) }
      return (multiple(width), multiple(height))
    }
  }
}

extension LabelMap {
  /// The map with every label replaced by what stands at its place in `classes`.
  func exchanging(_ classes: [UInt8]) -> LabelMap {
    LabelMap(
      width: width, height: height,
      labels: labels.map { Int($0) < classes.count ? classes[Int($0)] : $0 })
  }
}

extension Palette {
  /// What each class becomes in a mirror: `left_...` and `right_...` change places.
  var mirroredClasses: [UInt8] {
    names.enumerated().map { index, name in
      let other: String? =
        name.hasPrefix("left_")
        ? "right_" + name.dropFirst(5)
        : name.hasPrefix("right_") ? "left_" + name.dropFirst(6) : nil
      return other.flatMap { try? id(named: $0) } ?? UInt8(index)
    }
  }
}
