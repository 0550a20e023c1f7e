import Foundation
import Pictures
import TensorCore
import Training

/// A folder of pictures of 16x16 pixels with masks: a disc whose place and colour are the factors.
struct SmallRenderings {
  let workspace: Workspace
  let palette: Palette
  let table: FactorTable

  init(count: Int, in workspace: Workspace) throws {
    self.workspace = workspace
    palette = try Palette([
      .init(name: "ground", color: RGBColor(20, 30, 40)),
      .init(name: "disc", color: RGBColor(200, 180, 160)),
    ])
    for folder in ["p", "m"] {
      try FileManager.default.createDirectory(
        atPath: workspace.file(folder), withIntermediateDirectories: true)
    }
    var random = RandomSource(seed: 4)
    var rows: [[Float]] = []
    for index in 0..<count {
      let (x, y) = (random.uniform(), random.uniform())
      let kind = Int(random.next() % 3)
      rows.append([x, y, Float(kind), 1])
      let labels = (0..<256).map { place -> UInt8 in
        let dx = Float(place % 16) - 3 - 9 * x
        let dy = Float(place / 16) - 3 - 9 * y
        return dx * dx + dy * dy < 12 ? 1 : 0
      }
      let map = LabelMap(width: 16, height: 16, labels: labels)
      var pixels: [UInt8] = []
      for label in labels {
        pixels += label == 0 ? [30, 40, 60] : [kind == 0 ? 220 : 60, kind == 1 ? 200 : 70, 90]
      }
      let name = "00\(index + 100)"
      try Picture(width: 16, height: 16, pixels: pixels).write(
        to: workspace.file("p/\(name).png"))
      try map.write(to: workspace.file("m/\(name).png"), palette: palette)
    }
    table = FactorTable(
      columns: [
        .init("x"), .init("y"),
        .init("kind", isNominal: true, categories: ["red", "green", "blue"]),
        .init("constant"),
      ], rows: rows)
  }

  var files: PictureFiles {
    get throws {
      try PictureFiles(pictures: workspace.file("p"), masks: workspace.file("m"))
    }
  }

  /// The set; names of pictures are 100, 101, ..., so rows stand in order.
  func set() throws -> RenderedPictures {
    try RenderedPictures(try files, factors: table, palette: palette, unit: 1)
  }
}
