import Networks
import Pictures
import TensorCore
import Testing

@testable import Training

@Suite("Public collections of label maps")
struct LayoutCollectionTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  private func pairs(_ collection: LayoutCollection, _ files: [String]) throws
    -> [PairedFolders.Pair]
  {
    for file in files { try workspace.write("", to: "root/\(file)") }
    return try collection.pairs(in: workspace.file("root/"))
  }

  private func bare(_ path: String?) -> String? {
    path?.replacing(workspace.path + "/root/", with: "")
  }

  private func error(_ collection: LayoutCollection, _ files: [String]) throws -> String? {
    let error = #expect(throws: TrainingError.self) { try pairs(collection, files) }
    return bare(error?.text)
  }

  @Test("coco: folders of label maps, photos and objects")
  func coco() throws {
    let pairs = try pairs(
      .coco,
      [
        "train_label/10.png", "train_label/9.png", "train_img/9.jpg", "train_img/10.jpg",
        "train_inst/9.png", "train_inst/10.png", "val_label/1.png",
      ])
    #expect(pairs.map { bare($0.labels) } == ["train_label/9.png", "train_label/10.png"])
    #expect(pairs.map { bare($0.photo) } == ["train_img/9.jpg", "train_img/10.jpg"])
    #expect(pairs.map { bare($0.instances) } == ["train_inst/9.png", "train_inst/10.png"])
    #expect(LayoutCollection.coco.classes.channels.count == 184)
  }

  @Test("coco: a missing map of objects is named")
  func cocoWithoutObjects() throws {
    #expect(
      try error(.coco, ["train_label/9.png", "train_img/9.jpg", "train_inst/8.png"])
        == "train_label/9.png has no counterpart; it should be train_inst/9.png")
  }

  @Test("ade20k: files whose names say train, wherever they lie")
  func ade20k() throws {
    let pairs = try pairs(
      .ade20k,
      [
        "images/training/a/ADE_train_00000002.jpg", "images/training/a/ADE_train_00000002.png",
        "images/training/ADE_train_00000001.jpg", "images/training/ADE_train_00000001.png",
        "images/validation/ADE_val_00000001.jpg", "images/validation/ADE_val_00000001.png",
      ])
    #expect(
      pairs.map { bare($0.labels) } == [
        "images/training/ADE_train_00000001.png", "images/training/a/ADE_train_00000002.png",
      ])
    #expect(pairs.allSatisfy { $0.photo == FolderContents.stem($0.labels) + ".jpg" })
    #expect(pairs.allSatisfy { $0.instances == nil })
    #expect(LayoutCollection.ade20k.classes.channels.count == 151)
  }

  @Test("ade20k: a lonely photo is named")
  func ade20kPhoto() throws {
    #expect(
      try error(.ade20k, ["a/x_train_1.jpg", "a/x_train_2.jpg", "a/x_train_2.png"])
        == "a/x_train_1.jpg has no counterpart; it should be a/x_train_1.png")
  }

  @Test("ade20k: a lonely label map is named")
  func ade20kMap() throws {
    #expect(
      try error(.ade20k, ["a/x_train_1.png", "b/x_train_3.png", "b/x_train_3.jpg"])
        == "a/x_train_1.png has no counterpart; it should be a/x_train_1.jpg")
  }

  @Test("cityscapes: three fields of a name tell what belongs together")
  func cityscapes() throws {
    let id = "aachen_000000_000019"
    let pairs = try pairs(
      .cityscapes,
      [
        "gtFine/train/aachen/\(id)_gtFine_labelIds.png",
        "gtFine/train/aachen/\(id)_gtFine_instanceIds.png",
        "gtFine/train/aachen/\(id)_gtFine_color.png",
        "leftImg8bit/train/aachen/\(id)_leftImg8bit.png",
      ])
    #expect(pairs.count == 1)
    #expect(bare(pairs[0].photo) == "leftImg8bit/train/aachen/\(id)_leftImg8bit.png")
    #expect(bare(pairs[0].instances) == "gtFine/train/aachen/\(id)_gtFine_instanceIds.png")
    #expect(LayoutCollection.cityscapes.classes.channels.count == 36)
    #expect(
      try error(.cityscapes, ["gtFine/train/bonn/b_1_2_gtFine_labelIds.png"])
        == "gtFine/train/bonn/b_1_2_gtFine_labelIds.png has no counterpart; it should be "
        + "leftImg8bit/train/bonn/b_1_2_leftImg8bit.png")
  }

  @Test("facades: label maps and photos alone")
  func facades() throws {
    let pairs = try pairs(.facades, ["train_label/1.png", "train_img/1.jpg"])
    #expect(pairs.count == 1 && pairs[0].instances == nil)
    #expect(LayoutCollection.facades.classes.channels == LayoutChannels(classes: 13))
    #expect(
      try error(.ade20k, []) == "\(workspace.path)/root: there is no label map *_train_*.png in "
        + "this folder")
  }

  @Test("a layout has the borders between objects as its last channel, mirrored with it")
  func edges() throws {
    let layouts = try SmallLayouts(count: 2, in: workspace)
    let folder = workspace.file("objects")
    try workspace.write("", to: "objects/.keep")
    for index in 0..<2 {
      // The left third and the rest are two objects; borders stand at columns 9 and 10.
      let labels = (0..<1024).map { UInt8($0 % 32 < 10 ? 0 : 1) }
      try LabelMap(width: 32, height: 32, labels: labels)
        .write(to: "\(folder)/p\(index).png", palette: SmallLayouts.palette)
    }
    let pairs = try PairedFolders(
      labels: layouts.labels, photos: layouts.photos, instances: folder
    ).pairs
    let set = LayoutSet(
      pairs, classes: LayoutClasses(palette: SmallLayouts.palette, hasEdges: true),
      preprocessing: Preprocessing(mode: .fixed, loadSize: 32, width: 32, height: 32))
    var random = RandomSource(seed: 1)
    var seen: Set<[Int]> = []
    for step in 0..<8 {
      let batch = try set.batch(step: step, size: 1, seed: 3, &random).layouts
      #expect(batch.shape == [1, 4, 32, 32])
      let row = batch.slice(3..<4, axis: 1).slice(0..<1, axis: 2).values
      seen.insert(row.indices.filter { row[$0] == 1 })
    }
    #expect(seen == [[9, 10], [21, 22]])
  }
}
