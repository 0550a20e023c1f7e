import Foundation
import Pictures
import Testing
import Training

/// 4x3 pixels of three classes: the ids that every format of these tests stores.
private let ids: [UInt8] = [0, 0, 1, 1, 0, 2, 2, 1, 0, 2, 2, 0]

private func palette(_ names: [String] = ["background", "hair", "skin"]) throws -> Palette {
  let colors = [RGBColor(0, 0, 0), RGBColor(200, 10, 10), RGBColor(10, 200, 10)]
  return try Palette(zip(names, colors).map { Palette.Entry(name: $0, color: $1) })
}

private func map(_ labels: [UInt8] = ids) -> LabelMap {
  LabelMap(width: 4, height: 3, labels: labels)
}

/// A version 1 .npy file.
private func npy(_ type: String, shape: String, _ bytes: [UInt8]) -> Data {
  var header = "{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }"
  while (10 + header.utf8.count + 1) % 64 != 0 { header += " " }
  header += "\n"
  let length = [UInt8(header.utf8.count & 0xff), UInt8(header.utf8.count >> 8)]
  return Data([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0] + length + Array(header.utf8) + bytes)
}

private func text(_ body: () throws -> AnnotationFolder) -> String? {
  let error = #expect(throws: TrainingError.self) { try body() }
  return error?.text
}

@Suite("Folders of PNG masks")
struct MaskFolderTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  @Test func masksBesidePicturesAreToldApartByTheirNames() throws {
    try map().write(to: workspace.file("seed7-mask.png"), palette: palette())
    try Picture(width: 4, height: 3, filledWith: .white).write(to: workspace.file("seed7.png"))
    let folder = try AnnotationFolder(workspace.path, palette: palette())
    #expect(folder.format == .masks)
    #expect(folder.annotations.map(\.name) == ["seed7"])
    #expect(folder.annotations[0].map == map())
  }

  @Test func withoutClassesTheIndicesAndTheirColoursCount() throws {
    try map().write(to: workspace.file("a.png"), palette: palette())
    let folder = try AnnotationFolder(workspace.path)
    #expect(folder.palette.names == ["class_0", "class_1", "class_2"])
    #expect(folder.palette.entries.map(\.color) == (try palette().entries.map(\.color)))
    #expect(folder.annotations[0].map == map())
  }

  @Test func coloursWithoutClassesAndForeignColoursAreErrors() throws {
    let path = workspace.file("a.png")
    try Picture(width: 4, height: 3, filledWith: RGBColor(1, 2, 3)).write(to: path)
    #expect(
      text { try AnnotationFolder(workspace.path) }
        == "\(path): this mask has colours, and the model has no classes that they could stand for; "
        + "give them with --classes")
    #expect(
      text { try AnnotationFolder(workspace.path, palette: palette()) }
        == "\(path): #010203 is not the colour of a class (12 pixels, the first at 0,0); paint with "
        + "the palette's colours or repair with --nearest-class")
    let repaired = try AnnotationFolder(workspace.path, palette: palette(), nearestClass: true)
    #expect(repaired.annotations[0].isEmpty)
  }

  @Test func aFolderWithoutMasksAndNoFolderAreErrors() throws {
    try workspace.write("hello", to: "notes.txt")
    #expect(
      text { try AnnotationFolder(workspace.path) }
        == "\(workspace.path): there are no masks in this folder; it should hold PNG masks, "
        + "image_mask*.npy, LabelMe .json files, or SegmentationClass/ with labelmap.txt")
    #expect(
      text { try AnnotationFolder(workspace.file("nowhere")) }
        == "\(workspace.file("nowhere")): this is no folder that can be read; check the path")
  }

  @Test func smallClassesBecomeBackground() {
    var annotation = Annotation(name: "a", path: "a.png", map: map())
    annotation.removeClasses(smallerThan: 4)
    #expect(annotation.map.labels == [0, 0, 0, 0, 0, 2, 2, 0, 0, 2, 2, 0])
    annotation.map = map([255, 255, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0])
    annotation.removeClasses(smallerThan: 4)
    #expect(annotation.map.labels == [255, 255, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0])
  }
}

@Suite("Folders of EditGAN arrays")
struct EditGANFolderTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  private func write(_ data: Data, _ name: String = "image_mask12.npy") throws -> String {
    let path = workspace.file(name)
    try data.write(to: URL(fileURLWithPath: path))
    return path
  }

  @Test(arguments: ["|u1", "<i4", "<i8", "<f8"])
  func integersOfEveryWidthAndAxesOfLengthOne(type: String) throws {
    let bytes = ids.flatMap { id -> [UInt8] in
      switch type {
      case "|u1": [id]
      case "<i4": [id, 0, 0, 0]
      case "<i8": [id, 0, 0, 0, 0, 0, 0, 0]
      default: (0..<8).map { UInt8(truncatingIfNeeded: Double(id).bitPattern >> ($0 * 8)) }
      }
    }
    _ = try write(npy(type, shape: "(1, 3, 4, 1)", bytes))
    let folder = try AnnotationFolder(workspace.path)
    #expect(folder.format == .editGAN)
    #expect(folder.annotations.map(\.name) == ["image_12"])
    #expect(folder.annotations[0].map == map())
    #expect(folder.palette.count == 3)
  }

  @Test func wrongArraysAreRefused() throws {
    let path = try write(npy("<i2", shape: "(1, 2)", [44, 1, 3, 0]))
    #expect(
      text { try AnnotationFolder(workspace.path) }
        == "tensor 'array' of \(path) has shape [1, 2], expected [any, any]")
    _ = try write(npy("<i2", shape: "(2, 2)", [44, 1, 0, 0, 0, 0, 0, 0]))
    #expect(
      text { try AnnotationFolder(workspace.path) }
        == "\(path): element 0 is 300.0, which is no class id from 0 to 255; correct or export it "
        + "again")
    _ = try write(npy("|u1", shape: "(3, 4)", ids))
    #expect(
      text { try AnnotationFolder(workspace.path, palette: palette(["a", "b"])) }
        == "\(path): class 2 is not one of the model's 2 classes; correct or export it again")
    _ = try write(npy("|u1", shape: "(3, 4)", Array(ids.dropLast())))
    #expect(text { try AnnotationFolder(workspace.path) }?.contains("needs 12 bytes") == true)
  }
}

@Suite("Folders of LabelMe polygons")
struct LabelMeFolderTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  private func write(_ shapes: String, size: String = "\"imageHeight\":3,\"imageWidth\":4")
    throws -> String
  {
    try workspace.write(
      #"{"version":"5.0","flags":{},"shapes":[\#(shapes)],"imagePath":"a.jpg","imageData":null,\#(size)}"#,
      to: "a.json")
  }

  private func labels(_ shapes: String, _ palette: Palette? = nil) throws -> [UInt8] {
    _ = try write(shapes)
    return try AnnotationFolder(workspace.path, palette: palette).annotations[0].map.labels
  }

  @Test func shapesCoverThePixelsWhoseCentresLieInside() throws {
    // Columns 1 and 2 of the rows 0 and 1; the edge at 2.4 excludes the centre 2.5.
    #expect(
      try labels(#"{"label":"hair","points":[[1,0],[3,0],[3,2],[1,2]],"shape_type":"polygon"}"#)
        == [0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0])
    #expect(
      try labels(#"{"label":"hair","points":[[2.4,1.6],[0.6,0]],"shape_type":"rectangle"}"#)
        == [0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0])
    #expect(
      try labels(#"{"label":"hair","points":[[2,1.5],[3.2,1.5]],"shape_type":"circle"}"#)
        == [0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0])
    // A notch: inside the hull, outside of the polygon; corners beyond the picture.
    #expect(
      try labels(#"{"label":"hair","points":[[-1,-1],[9,-1],[9,9],[2,1],[-1,9]]}"#)
        == [1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1])
  }

  @Test func laterShapesLieOverEarlierOnesAndSomeAreNoClass() throws {
    let shapes = #"""
      {"label":"skin","points":[[0,0],[4,0],[4,3],[0,3]]},
      {"label":"hair","points":[[0,0],[4,0],[4,1],[0,1]]},
      {"label":"_background_","points":[[0,2],[1,2],[1,3],[0,3]]},
      {"label":"__ignore__","points":[[3,2],[4,2],[4,3],[3,3]]}
      """#
    #expect(try labels(shapes) == [1, 1, 1, 1, 2, 2, 2, 2, 0, 2, 2, 255])
    #expect(
      try labels(shapes, palette(["x", "skin", "hair"])) == [2, 2, 2, 2, 1, 1, 1, 1, 0, 1, 1, 255])
    #expect(try AnnotationFolder(workspace.path).palette.names == ["background", "hair", "skin"])
  }

  @Test func whatCannotBeDrawnIsNamed() throws {
    var path = try write(#"{"label":"hair","points":[[1,0],[3,0]],"shape_type":"line"}"#)
    #expect(
      text { try AnnotationFolder(workspace.path) }
        == "\(path): 'hair' is a line of 2 points; polygons of at least 3 points, rectangles and "
        + "circles of 2 are read; correct or export it again")
    path = try write(#"{"label":"nose","points":[[1,0],[3,0],[3,2]]}"#)
    #expect(
      text { try AnnotationFolder(workspace.path, palette: palette()) }
        == "\(path): there is no class 'nose'; the classes are background, hair, skin")
    path = try write(#"{"label":"hair","points":[[1,0],[3],[3,2]]}"#)
    #expect(
      text { try AnnotationFolder(workspace.path) }
        == "\(path): a point of 'hair' is [3.0]; correct or export it again")
    path = try write("", size: "\"imageHeight\":1000000,\"imageWidth\":1000000")
    #expect(
      text { try AnnotationFolder(workspace.path) }
        == "\(path): the image's size is 1000000x1000000; correct or export it again")
    try workspace.write("{\"shapes\": 3}", to: "a.json")
    #expect(
      text { try AnnotationFolder(workspace.path) }
        == "\(path): it is not a LabelMe file with shapes and the image's size; correct or export it "
        + "again")
  }
}

@Suite("Folders of Pascal VOC")
struct VOCFolderTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  private func write(labelMap: String?, _ map: LabelMap, _ palette: Palette) throws -> String {
    if let labelMap { try workspace.write(labelMap, to: "labelmap.txt") }
    try workspace.write("", to: "SegmentationClass/.keep")
    let path = workspace.file("SegmentationClass/a.png")
    try map.colored(with: palette).write(to: path)
    return path
  }

  private let labelMap =
    "# label:color_rgb:parts:actions\nbackground:0,0,0::\nhair:200,10,10::\r\nskin:10,200,10:x:\n"

  @Test func coloursAreThoseOfTheLabelMap() throws {
    _ = try write(labelMap: labelMap, map(), palette())
    let folder = try AnnotationFolder(workspace.path)
    #expect(folder.format == .voc)
    #expect(folder.palette == (try palette()))
    #expect(folder.annotations.map(\.name) == ["a"])
    #expect(folder.annotations[0].map == map())
  }

  @Test func classesOfTheModelAreJoinedByName() throws {
    let path = try write(labelMap: labelMap, map(), palette())
    let model = try palette(["background", "skin", "hair"])
    let folder = try AnnotationFolder(workspace.path, palette: model)
    #expect(folder.annotations[0].map.labels == ids.map { [0, 2, 1][Int($0)] })
    #expect(
      text { try AnnotationFolder(workspace.path, palette: palette(["background", "hair"])) }
        == "\(path): there is no class 'skin'; the classes are background, hair")
  }

  @Test func theOriginalClassesNeedNoLabelMapAndTheirBorderIsUnlabelled() throws {
    let colors = [RGBColor(0, 0, 0), RGBColor(128, 0, 0), RGBColor(224, 224, 192)]
    let entries = colors.enumerated().map { Palette.Entry(name: "\($0)", color: $1) }
    _ = try write(labelMap: nil, map(), Palette(entries))
    let folder = try AnnotationFolder(workspace.path)
    #expect(folder.palette.count == 21)
    #expect(folder.palette.names[1] == "aeroplane" && folder.palette.names[20] == "tvmonitor")
    #expect(folder.palette.entries[20].color == RGBColor(0, 64, 128))
    #expect(folder.annotations[0].map.labels == ids.map { $0 == 2 ? 255 : $0 })
  }

  @Test func aBrokenLabelMapIsNamedByItsLine() throws {
    _ = try write(labelMap: "background:0,0,0::\nhair:200,10::\n", map(), palette())
    #expect(
      text { try AnnotationFolder(workspace.path) }
        == "\(workspace.file("labelmap.txt")): line 2 is not 'name:red,green,blue:parts:actions'; "
        + "correct or export it again")
  }
}
