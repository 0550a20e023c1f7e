import Pictures
import TensorCore
import Testing

@testable import Training

@Suite("Label maps with photos")
struct LayoutDataTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  private func error(labels: [String], photos: [String]) throws -> String? {
    for name in labels { try workspace.write("", to: "l/\(name)") }
    for name in photos { try workspace.write("", to: "p/\(name)") }
    for folder in ["l", "p"] { try workspace.write("", to: "\(folder)/.keep") }
    let error = #expect(throws: TrainingError.self) {
      try PairedFolders(labels: workspace.file("l"), photos: workspace.file("p"))
    }
    return error?.text.replacing(workspace.path + "/", with: "")
  }

  @Test("are paired by name, in natural order")
  func pairing() throws {
    for name in ["a10.png", "a9.png", "b.PNG", ".hidden.png", "notes.txt"] {
      try workspace.write("", to: "l/\(name)")
    }
    for name in ["b.png", "a9.jpeg", "a10.jpg"] { try workspace.write("", to: "p/\(name)") }
    let pairs = try PairedFolders(labels: workspace.file("l"), photos: workspace.file("p")).pairs
    #expect(pairs.map { $0.labels.split(separator: "/").last } == ["a9.png", "a10.png", "b.PNG"])
    #expect(pairs.map { $0.photo.split(separator: "/").last } == ["a9.jpeg", "a10.jpg", "b.png"])
  }

  @Test("a missing photo is named")
  func missingPhoto() throws {
    #expect(
      try error(labels: ["a.png", "b.png", "c.png"], photos: ["b.jpg"])
        == "l/a.png has no counterpart; it should be p/a.jpg (2 files lack theirs)")
  }

  @Test("a missing label map is named")
  func missingMap() throws {
    #expect(
      try error(labels: ["b.png"], photos: ["a.jpg", "b.jpg"])
        == "p/a.jpg has no counterpart; it should be l/a.png")
  }

  @Test("two photos of one name are refused")
  func samePhoto() throws {
    #expect(
      try error(labels: ["b.png"], photos: ["b.jpg", "b.png"])
        == "p/b.jpg and p/b.png have the same name; remove one of them")
  }

  @Test("empty and missing folders are named")
  func folders() throws {
    #expect(
      try error(labels: [], photos: ["a.jpg"])
        == "l: there is no .png label map in this folder")
    let error = #expect(throws: TrainingError.self) {
      try PairedFolders(labels: "/nowhere", photos: "/nowhere")
    }
    #expect(error?.text == "/nowhere: this is no folder that can be read; check the path")
  }

  @Test("a label that is no class is named with its file")
  func unknownLabel() throws {
    let layouts = try SmallLayouts(count: 1, in: workspace)
    var map = LabelMap(width: 32, height: 32, filledWith: 0)
    map[3, 4] = 7
    let wide = try Palette(
      (0..<8).map { Palette.Entry(name: "c\($0)", color: RGBColor($0, $0, $0)) })
    try map.write(to: "\(layouts.labels)/p0.png", palette: wide)
    var random = RandomSource(seed: 1)
    let set = try layouts.set()
    let error = #expect(throws: TrainingError.self) { try set.pair(0, &random) }
    #expect(error?.text.hasPrefix("\(layouts.labels)/p0.png") == true)
  }

  @Test("an epoch visits every pair once; the order depends on the seed alone")
  func epochs() throws {
    let set = try SmallLayouts(count: 6, in: workspace).set()
    func fingerprints(_ step: Int) throws -> [[Float]] {
      var random = RandomSource(seed: 1)
      let photos = try set.batch(step: step, size: 2, seed: 9, &random).photos
      return (0..<2).map {
        photos.selecting($0, axis: 0).sum(axes: [1, 2]).values.map { $0.rounded() }
      }
    }
    let epoch = try (0..<3).flatMap(fingerprints)
    #expect(Set(epoch).count == 6)
    #expect(try (0..<3).flatMap(fingerprints) == epoch)
    #expect(try Set((3..<6).flatMap(fingerprints)) == Set(epoch))
  }

  @Test("left and right classes change places in a mirrored pair, and the photo is mirrored, too")
  func mirroring() throws {
    let palette = SmallLayouts.palette
    #expect(palette.mirroredClasses == [0, 2, 1])
    let preprocessing = Preprocessing(mode: .fixed, loadSize: 2, width: 2, height: 1)
    let map = LabelMap(width: 2, height: 1, labels: [0, 1])
    let photo = map.colored(with: palette)
    var seen: Set<[UInt8]> = []
    var random = RandomSource(seed: 3)
    for _ in 0..<20 {
      let result = preprocessing(
        photo, map, mirroredClasses: palette.mirroredClasses, &random)
      seen.insert(result.labels.labels)
      #expect((result.photo[0, 0] == palette.color(of: 0)) == (result.labels[0, 0] == 0))
    }
    #expect(seen == [[0, 1], [2, 0]])
  }

  @Test(
    "modes give the sizes of the reference (SPADE spec 7.4)",
    arguments: [
      (Preprocessing.Mode.resizeAndCrop, [64, 32]), (.crop, [64, 32]), (.scaleWidth, [80, 120]),
      (.scaleWidthAndCrop, [64, 32]), (.scaleShortside, [80, 120]),
      (.scaleShortsideAndCrop, [64, 32]), (.fixed, [64, 32]), (.none, [96, 160]),
    ])
  func modes(mode: Preprocessing.Mode, size: [Int]) {
    let preprocessing = Preprocessing(mode: mode, loadSize: 80, width: 64, height: 32)
    var random = RandomSource(seed: 1)
    let result = preprocessing(
      Picture(width: 100, height: 150, filledWith: .white),
      LabelMap(width: 100, height: 150, filledWith: 1), mirroredClasses: [0, 1], &random)
    #expect([result.photo.width, result.photo.height] == size)
    #expect([result.labels.width, result.labels.height] == size)
  }
}
