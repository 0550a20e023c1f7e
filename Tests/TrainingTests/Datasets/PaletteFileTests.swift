import Pictures
import Testing
import Training

@Suite("Files of classes")
struct PaletteFileTests {
  @Test func namesAndColoursComeBackFromTheMetadataOfAModel() throws {
    let workspace = try Workspace()
    let text = #"[{"id":0,"name":"a","color":[1,2,3]},{"name":"b \"c\"","color":[255,0,7]}]"#
    let palette = try PaletteFile.palette(contentsOf: workspace.write(text, to: "classes.json"))
    #expect(palette.names == ["a", "b \"c\""])
    #expect(palette.entries[1].color == RGBColor(255, 0, 7))
    let again = try workspace.write(PaletteFile.metadata(palette), to: "again.json")
    #expect(try PaletteFile.palette(contentsOf: again) == palette)
  }

  @Test(arguments: [
    ("{}", "it is not a list of classes, each with a name and a color of 3 numbers"),
    (#"[{"name":"a","color":[1,2]}]"#, "'a' has the colour [1, 2]"),
    (#"[{"name":"a","color":[1,2,256]}]"#, "'a' has the colour [1, 2, 256]"),
  ])
  func whatIsNoListIsRefused(text: String, reason: String) throws {
    let workspace = try Workspace()
    let path = try workspace.write(text, to: "classes.json")
    let error = #expect(throws: TrainingError.self) { try PaletteFile.palette(contentsOf: path) }
    #expect(error?.text == "\(path): \(reason); correct or export it again")
  }
}
