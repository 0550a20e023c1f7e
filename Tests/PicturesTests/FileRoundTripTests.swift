import Testing

@testable import Pictures

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite struct FileRoundTripTests {
  private let picture = noise(width: 37, height: 23, seed: 1)

  @Test func pngKeepsEveryPixel() throws {
    let workspace = Workspace()
    try picture.write(to: workspace.file("a.png"))
    #expect(try Picture(contentsOf: workspace.file("a.png")) == picture)
    #expect(workspace.names == ["a.png"])
  }

  @Test(arguments: ["a.jpg", "a.JPEG"])
  func jpegIsClose(name: String) throws {
    let workspace = Workspace()
    let smooth = picture.resized(width: 160, height: 96, by: .bicubic)
    try smooth.write(to: workspace.file(name))
    let read = try Picture(contentsOf: workspace.file(name))
    #expect(read.width == 160 && read.height == 96)
    #expect(meanAbsoluteDifference(read, smooth) < 2.5)
  }

  @Test func fullColourResolutionIsCloserAndLowQualitySmaller() throws {
    let colorful = picture.resized(width: 74, height: 46, by: .nearest)
    func error(_ encoding: PictureEncoding) throws -> Double {
      meanAbsoluteDifference(
        try Picture(decoding: colorful.encoded(as: encoding), named: "a"), colorful)
    }
    #expect(
      try error(.jpeg(quality: 90, fullChroma: true)) * 2
        < error(.jpeg(quality: 90, fullChroma: false)))
    #expect(
      try colorful.encoded(as: .jpeg(quality: -3)).count
        < colorful.encoded(as: .jpeg(quality: 900)).count)
  }

  @Test(arguments: ["a", "a.gif", "png", "folder.png/a", ".", "a.png/"])
  func otherExtensionsAreRefused(path: String) {
    if path == "a.png/" {
      #expect(throws: PictureError.self) { try picture.write(to: "/nonexistent/" + path) }
    } else {
      #expect(throws: PictureError.unknownExtension(path: path)) { try picture.write(to: path) }
    }
  }

  @Test func sidesBeyondJPEGAreRefused() {
    let long = Picture(width: 65501, height: 1, filledWith: .black)
    #expect(
      throws: PictureError.notEncodable(
        format: .jpeg, reason: "Maximum supported image dimension is 65500 pixels")
    ) { try long.encoded(as: .jpeg()) }
  }

  @Test func anExistingFileIsReplacedAndKeepsItsPermissions() throws {
    let workspace = Workspace()
    let path = workspace.file("a.png")
    try Picture(width: 3, height: 3, filledWith: .black).write(to: path)
    chmod(path, 0o640)
    try picture.write(to: path)
    #expect(try Picture(contentsOf: path) == picture)
    var status = stat()
    #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o640)
    #expect(workspace.names == ["a.png"])
  }

  @Test func aLinkKeepsPointingAtItsFile() throws {
    let workspace = Workspace()
    try Picture(width: 3, height: 3, filledWith: .black).write(to: workspace.file("real.png"))
    symlink("real.png", workspace.file("link.png"))
    try picture.write(to: workspace.file("link.png"))
    #expect(try Picture(contentsOf: workspace.file("real.png")) == picture)
    #expect(workspace.names == ["link.png", "real.png"])
    var status = stat()
    #expect(lstat(workspace.file("link.png"), &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
  }

  @Test func failuresLeaveNothingBehind() throws {
    let workspace = Workspace()
    let missing = workspace.file("none/a.png")
    #expect(
      throws: PictureError.unwritable(
        path: missing, reason: "there is no folder \(workspace.path)/none")
    ) { try picture.write(to: missing) }
    try picture.write(to: workspace.file("a.png"))
    let below = workspace.file("a.png/b.png")
    #expect(throws: PictureError.unwritable(path: below, reason: "Not a directory")) {
      try picture.write(to: below)
    }
    #expect(throws: PictureError.unwritable(path: workspace.path, reason: "it is a folder")) {
      try picture.write(to: workspace.path, as: .png)
    }
    #expect(workspace.names == ["a.png"])
    #expect(try Picture(contentsOf: workspace.file("a.png")) == picture)
  }

  @Test(.enabled(if: geteuid() != 0, "the superuser may write everywhere"))
  func aReadOnlyFolderIsAnError() throws {
    let workspace = Workspace()
    chmod(workspace.path, 0o500)
    defer { chmod(workspace.path, 0o700) }
    let path = workspace.file("a.png")
    #expect(throws: PictureError.unwritable(path: path, reason: "Permission denied")) {
      try picture.write(to: path)
    }
    #expect(workspace.names == [])
  }

  @Test(.enabled(if: access("/dev/full", W_OK) == 0, "needs /dev/full"))
  func aFullDiskIsAnErrorAndDevicesAreNotReplaced() {
    #expect(
      throws: PictureError.unwritable(path: "/dev/full", reason: "No space left on device")
    ) { try picture.write(to: "/dev/full", as: .png) }
    var status = stat()
    #expect(stat("/dev/full", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
  }

  @Test func unreadableFilesAreNamed() throws {
    let workspace = Workspace()
    let missing = workspace.file("none.png")
    #expect(throws: PictureError.notFound(path: missing)) { try Picture(contentsOf: missing) }
    #expect(throws: PictureError.unreadable(path: workspace.path, reason: "it is a folder")) {
      try Picture(contentsOf: workspace.path)
    }
    let text = workspace.file("text.png")
    try writeFile(Array("hello, this is no picture".utf8), to: text)
    #expect(throws: PictureError.notAPicture(name: text)) { try Picture(contentsOf: text) }
    try writeFile([], to: text)
    #expect(throws: PictureError.notAPicture(name: text)) { try Picture(contentsOf: text) }
    try picture.write(to: text)
    #expect(throws: PictureError.fileTooLarge(path: text, limit: 100)) {
      try Picture(contentsOf: text, limits: DecodingLimits(maxFileBytes: 100))
    }
  }
}
