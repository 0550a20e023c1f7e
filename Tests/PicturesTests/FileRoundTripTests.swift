import Testing

@testable import Pictures

@Suite struct FileRoundTripTests {
  @Test func pngKeepsEveryPixel() throws {
    let workspace = Workspace()
    let picture = noise(width: 37, height: 23, seed: 1)
    try picture.write(to: workspace.file("a.png"))
    #expect(try Picture(contentsOf: workspace.file("a.png")) == picture)
    #expect(workspace.names == ["a.png"])
  }

  @Test(arguments: ["a.jpg", "a.JPEG"])
  func jpegIsClose(name: String) throws {
    let workspace = Workspace()
    let picture = noise(width: 40, height: 24, seed: 2).resized(
      width: 160, height: 96, by: .bicubic)
    try picture.write(to: workspace.file(name))
    let read = try Picture(contentsOf: workspace.file(name))
    #expect(read.width == 160 && read.height == 96)
    #expect(meanAbsoluteDifference(read, picture) < 2.5)
  }
}
