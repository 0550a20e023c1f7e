import Checkpoints
import Foundation
import Networks
import Pictures
import Testing

@Suite("Lists of classes")
final class ClassListTests {
  private let path = FileManager.default.temporaryDirectory
    .appendingPathComponent("classes-\(UUID().uuidString).json").path

  deinit { try? FileManager.default.removeItem(atPath: path) }

  @Test func namesAndColoursComeBackFromTheMetadataOfAModel() throws {
    let text = #"[{"name":"a","color":[1,2,3]},{"name":"b \"c\"","color":[255,0,7]}]"#
    try AtomicFile.write(Array(text.utf8), to: path)
    let palette = try ClassList.palette(contentsOf: path, count: 2)
    #expect(palette.names == ["a", "b \"c\""])
    #expect(palette.entries[1].color == RGBColor(255, 0, 7))
    try AtomicFile.write(Array(ClassList.json(palette).utf8), to: path)
    #expect(try ClassList.palette(contentsOf: path) == palette)
  }

  @Test(arguments: [
    #"[{"id":1,"name":"b","rgb":[4,5,6]},{"id":0,"name":"a","rgb":[1,2,3]}]"#,
    #"{"classes":[{"name":"a","color":[1,2,3]},{"name":"b","color":[4,5,6]}],"note":"x"}"#,
    #"{"classes":[{"id":1,"name":"b","color":[4,5,6],"coarse":"c","rgb":[0,0,0]},"#
      + #"{"id":0,"name":"a","rgb":[1,2,3]}]}"#,
  ])
  func listsOfOtherProgramsAreReadInTheOrderOfTheirIds(text: String) throws {
    try AtomicFile.write(Array(text.utf8), to: path)
    let palette = try ClassList.palette(contentsOf: path)
    #expect(palette.names == ["a", "b"])
    #expect(palette.entries.map(\.color) == [RGBColor(1, 2, 3), RGBColor(4, 5, 6)])
  }

  @Test(arguments: [
    ("{}", #"it is not a JSON list of {"name": ..., "color": [r, g, b]}"#),
    (
      #"[{"name":"a","color":[1,2]}]"#,
      "'a' has the colour [1, 2], not three numbers of 0 to 255"
    ),
    (
      #"[{"name":"a","color":[1,2,256]}]"#,
      "'a' has the colour [1, 2, 256], not three numbers of 0 to 255"
    ),
    (#"[{"name":"a"}]"#, "'a' has no colour; give it \"color\": [r, g, b]"),
    (
      #"[{"id":0,"name":"a","color":[1,2,3]},{"name":"b","color":[4,5,6]}]"#,
      "'b' has no id, but other classes have one"
    ),
    (
      #"{"classes":[{"id":1,"name":"a","rgb":[1,2,3]},{"id":1,"name":"b","rgb":[4,5,6]}]}"#,
      "'a' and 'b' have the same id 1"
    ),
    (
      #"[{"id":0,"name":"a","color":[1,2,3]},{"id":2,"name":"b","color":[4,5,6]}]"#,
      "'b' has the id 2; the ids of 2 classes are 0 to 1"
    ),
    (
      #"[{"id":-1,"name":"a","color":[1,2,3]},{"id":0,"name":"b","color":[4,5,6]}]"#,
      "'a' has the id -1; the ids of 2 classes are 0 to 1"
    ),
    (#"[{"name":"a","color":[1,2,3]}]"#, "it has 1 classes, the segmentation 2"),
    (
      #"[{"name":"a","color":[1,2,3]},{"name":"b","color":[1,2,3]}]"#,
      PictureError.duplicateColor(
        color: RGBColor(1, 2, 3).description, first: "a", second: "b"
      ).description
    ),
    (String(repeating: " ", count: 1 << 20 | 1), "it has more than 1 MB"),
  ])
  func whatIsNoListIsRefused(text: String, reason: String) throws {
    try AtomicFile.write(Array(text.utf8), to: path)
    let error = #expect(throws: ModelError.self) {
      try ClassList.palette(contentsOf: path, count: 2)
    }
    #expect(error?.text == "\(path): no list of classes: \(reason)")
  }

  @Test func whatCannotBeReadIsNamed() throws {
    let error = #expect(throws: ModelError.self) { try ClassList.palette(contentsOf: path) }
    #expect(error?.text == "cannot read \(path): no such file or directory")
  }
}
