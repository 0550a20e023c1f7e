import Networks
import Pictures
import Training

/// Label maps of three classes at 32x32 with photos whose colours follow the classes.
struct SmallLayouts {
  static let palette: Palette = {
    let entries = [
      Palette.Entry(name: "sky", color: RGBColor(40, 90, 220)),
      Palette.Entry(name: "left_hill", color: RGBColor(200, 60, 30)),
      Palette.Entry(name: "right_hill", color: RGBColor(30, 180, 60)),
    ]
    guard let palette = try? Palette(entries) else { fatalError("three classes differ") }
    return palette
  }()
  let labels: String
  let photos: String

  /// Writes `count` pairs into two folders of a workspace.
  init(count: Int, in workspace: Workspace) throws {
    labels = workspace.file("labels")
    photos = workspace.file("photos")
    for folder in [labels, photos] { try workspace.write("", to: "\(folder.suffix(6))/.keep") }
    for index in 0..<count {
      var map = LabelMap(width: 32, height: 32, filledWith: 0)
      let edge = 6 + 2 * index % 20
      for y in 0..<32 {
        for x in 0..<32 where x > edge { map[x, y] = y < edge ? 1 : 2 }
      }
      try map.write(to: "\(labels)/p\(index).png", palette: Self.palette)
      try map.colored(with: Self.palette).write(to: "\(photos)/p\(index).png")
    }
  }

  /// The pairs for networks of 32x32.
  func set(mirrors: Bool = true) throws -> LayoutSet {
    LayoutSet(
      try PairedFolders(labels: labels, photos: photos).pairs,
      classes: LayoutClasses(palette: Self.palette),
      preprocessing: Preprocessing(
        mode: .fixed, loadSize: 32, width: 32, height: 32, mirrors: mirrors))
  }

  /// Networks small enough for tests.
  static func description(latentSize: Int?, conditioning: SPADEConfiguration.Conditioning = .spade)
    -> SPADEDescription
  {
    SPADEDescription(
      generator: .spade(
        SPADEConfiguration(
          layoutChannels: 3, filters: 2, hiddenChannels: 4, latentSize: latentSize, cropSize: 32,
          conditioning: conditioning)),
      encoder: latentSize.map {
        StyleEncoderConfiguration(filters: 2, latentSize: $0, side: 32)
      }, layout: LayoutChannels(classes: 3))
  }

  /// A pix2pixHD++ small enough for tests.
  static let pix2pixHD = SPADEDescription(
    generator: .pix2pixHD(
      Pix2PixHDConfiguration(
        layoutChannels: 3, filters: 2, reductions: 2, residualBlocks: 1, normalization: .batch,
        width: 32, height: 32)),
    encoder: nil, layout: LayoutChannels(classes: 3))

  /// One description of each kind of generator.
  static let descriptions = [
    description(latentSize: 4), description(latentSize: nil, conditioning: .concatenation),
    pix2pixHD,
  ]
}
