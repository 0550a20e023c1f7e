import Checkpoints
import Pictures

/// The classes that layouts for a model are painted with, and what its channels stand for.
public struct LayoutClasses: Equatable, Sendable {
  /// Every class, with that of unlabelled pixels where there is one: the channels in their order.
  public let palette: Palette
  /// The class of pixels with the value 255; nil when that is a value like any other.
  public let unlabelled: UInt8?
  /// Whether the last channel of a layout marks where instances of objects meet.
  public let hasEdges: Bool

  /// Classes as given.
  public init(palette: Palette, unlabelled: UInt8? = nil, hasEdges: Bool = false) {
    self.palette = palette
    self.unlabelled = unlabelled
    self.hasEdges = hasEdges
  }

  /// A list of classes for a layout of `channels` channels: one more than classes are the edges.
  /// nil when the numbers do not fit.
  public init?(palette: Palette, unlabelled: UInt8?, channels: Int) {
    guard channels == palette.count || channels == palette.count + 1 else { return nil }
    self.init(
      palette: palette, unlabelled: unlabelled, hasEdges: channels == palette.count + 1)
  }

  /// What a model's file says; made-up names and the reference's colours (SPADE spec 7.6) for
  /// channels that the file does not name.
  ///
  /// - Throws: `PictureError.paletteSize` for more classes than a label map can tell apart.
  public init(_ channels: LayoutChannels, palette named: Palette?) throws(PictureError) {
    var entries = named?.entries ?? []
    let (names, colors) = (Set(entries.map(\.name)), Set(entries.map(\.color)))
    var next = entries.count
    while entries.count < channels.classes + (channels.hasUnknown ? 1 : 0), entries.count <= 256 {
      var name =
        channels.hasUnknown && entries.count == channels.classes
        ? "unlabelled" : "class_\(entries.count)"
      while names.contains(name) { name += "_" }
      while colors.contains(NamedPalette.color(of: next)) { next += 1 }
      entries.append(Palette.Entry(name: name, color: NamedPalette.color(of: next)))
      next += 1
    }
    self.init(
      palette: try Palette(entries),
      unlabelled: channels.hasUnknown ? UInt8(truncatingIfNeeded: channels.classes) : nil,
      hasEdges: channels.hasEdges)
  }

  /// The classes that a model's file names, of a SPADE model or another.
  ///
  /// - Throws: `ModelError` for metadata that cannot be followed, and for a model of another kind
  ///   without classes.
  public init(_ file: SafetensorsFile) throws(ModelError) {
    let weights = WeightTable(file)
    let channels =
      SPADEDescription.fits(weights)
      ? try SPADEDescription(metadata: file.metadata, weights: weights).layout : nil
    var named: Palette?
    if file.metadata["classes"] != nil {
      named = try ModelDescription(file).palette(classCount: channels?.classes, path: file.path)
    }
    guard let channels = channels ?? named.map({ LayoutChannels(classes: $0.count) }) else {
      throw .invalidMetadata(path: file.path, key: "classes", reason: "it is not there")
    }
    do throws(PictureError) { try self.init(channels, palette: named) } catch {
      throw .invalidMetadata(path: file.path, key: "classes", reason: error.description)
    }
  }

  /// What the channels of a layout stand for.
  public var channels: LayoutChannels {
    let isLastUnknown = unlabelled.map { Int($0) == palette.count - 1 } ?? false
    return LayoutChannels(
      classes: palette.count - (isLastUnknown ? 1 : 0), hasUnknown: isLastUnknown,
      hasEdges: hasEdges)
  }

  /// Number of channels of a layout.
  public var channelCount: Int { palette.count + (hasEdges ? 1 : 0) }

  /// Reads a layout and brings it to a size: the largest centred part of the size's aspect, resized
  /// by nearest neighbours.
  ///
  /// - Parameters:
  ///   - path: a PNG file of ids or of the palette's colours.
  ///   - instances: a PNG file with another number for each object; nil takes the classes for it.
  /// - Returns: the layout, and how many pixels of the file were cut off at the sides.
  /// - Throws: `PictureError` with file, value, count and place of the first pixel that has no class.
  public func layout(
    contentsOf path: String, instances: String? = nil, width: Int, height: Int
  ) throws(PictureError) -> (layout: SemanticLayout, cutPixels: Int) {
    let map = try LabelMap(contentsOf: path, palette: palette, unlabelled: unlabelled)
    let crop = PixelRect.largestCentred(
      in: (map.width, map.height), aspectWidth: width, aspectHeight: height)
    let labels = map.cropped(to: crop).resized(width: width, height: height)
    let cut = map.width * map.height - crop.width * crop.height
    guard hasEdges else { return (SemanticLayout(labels: labels, classCount: palette.count), cut) }
    var objects = InstanceMap(
      width: map.width, height: map.height, ids: map.labels.map(UInt32.init))
    if let instances {
      objects = try InstanceMap(contentsOf: instances)
      guard objects.width == map.width, objects.height == map.height else {
        throw .sizeMismatch(
          name: instances, expectedWidth: map.width, expectedHeight: map.height,
          actualWidth: objects.width, actualHeight: objects.height)
      }
    }
    let edges = objects.cropped(to: crop).resized(width: width, height: height).edges
    return (SemanticLayout(labels: labels, edges: edges, classCount: palette.count), cut)
  }
}

extension PixelRect {
  /// The largest centred rectangle of an aspect; whole pixels, at least one.
  static func largestCentred(
    in size: (width: Int, height: Int), aspectWidth: Int, aspectHeight: Int
  ) -> PixelRect {
    let width = min(size.width, max(1, size.height * aspectWidth / aspectHeight))
    let height = min(size.height, max(1, size.width * aspectHeight / aspectWidth))
    return PixelRect(
      left: (size.width - width) / 2, top: (size.height - height) / 2, width: width, height: height)
  }
}

extension Picture {
  /// The largest centred part of an aspect, brought to this size.
  public func centred(width newWidth: Int, height newHeight: Int) -> Picture {
    let crop = PixelRect.largestCentred(
      in: (width, height), aspectWidth: newWidth, aspectHeight: newHeight)
    return cropped(to: crop).resized(width: newWidth, height: newHeight, by: .bicubic)
  }
}
