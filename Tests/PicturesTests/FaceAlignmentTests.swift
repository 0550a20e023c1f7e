import Testing

@testable import Pictures

@Suite("Face alignment") struct FaceAlignmentTests {
  /// One picture of the reference aligner with what it computed.
  private struct Case {
    let name: String
    let numbers: [String: [Double]]
    let source: Picture
    let landmarks: FaceLandmarks

    init(_ name: String) throws {
      self.name = name
      let lines = String(decoding: try fixture("ffhq-align/\(name)-geometry.txt"), as: UTF8.self)
      var numbers: [String: [Double]] = [:]
      for line in lines.split(separator: "\n") {
        let words = line.split(separator: " ")
        numbers[String(words[0])] = words.dropFirst().compactMap { Double($0) }
      }
      self.numbers = numbers
      source = Picture(
        width: Int(numbers["source"]?[0] ?? 0), height: Int(numbers["source"]?[1] ?? 0),
        pixels: try fixture("ffhq-align/\(name)-source.rgb"))
      landmarks = try FaceLandmarks(
        contentsOf: fixturePath("ffhq-align/\(name)-landmarks.txt"))
    }

    func integers(_ key: String) throws -> [Int] { try #require(numbers[key]).map { Int($0) } }

    func expect(
      _ points: [PicturePoint], equal key: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
      let expected = try #require(numbers[key])
      for (value, wanted) in zip(points.flatMap { [$0.x, $0.y] }, expected) {
        #expect(abs(value - wanted) < 1e-9, "\(name) \(key)", sourceLocation: sourceLocation)
      }
      #expect(points.count * 2 == expected.count, sourceLocation: sourceLocation)
    }
  }

  private static let names = ["inside", "pad-left-top", "shrink", "pad-right-bottom"]

  @Test(arguments: names) func squareOfTheReference(name: String) throws {
    let reference = try Case(name)
    let alignment = try FaceAlignment(reference.landmarks)
    try reference.expect([alignment.center], equal: "center")
    try reference.expect([alignment.xAxis], equal: "xAxis")
    try reference.expect([alignment.yAxis], equal: "yAxis")
    try reference.expect(alignment.corners, equal: "corners")
    #expect(abs(alignment.side - (try #require(reference.numbers["side"]?[0]))) < 1e-9)
    #expect(alignment.point(u: 0, v: 0) == alignment.corners[0])
    let last = alignment.point(u: 1, v: 1)
    #expect((last - alignment.corners[2]).length < 1e-9)
  }

  @Test(arguments: names) func cropOfTheReference(name: String) throws {
    let reference = try Case(name)
    let crop = try AlignmentCrop(
      reference.source, FaceAlignment(reference.landmarks),
      outputSide: try reference.integers("output")[0], named: name)
    #expect([crop.shrink] == (try reference.integers("shrink")))
    #expect([crop.border] == (try reference.integers("border")))
    #expect(
      [crop.rect.left, crop.rect.top, crop.rect.right, crop.rect.bottom]
        == (try reference.integers("crop")))
    #expect(
      [crop.padding.left, crop.padding.top, crop.padding.right, crop.padding.bottom]
        == (try reference.integers("padding")))
    #expect([crop.picture.width, crop.picture.height] == (try reference.integers("filled")))
    try reference.expect(crop.corners, equal: "cropCorners")
    if name == "pad-left-top" {
      let filled = try fixture("ffhq-align/\(name)-filled.rgb")
      #expect(largestDifference(crop.picture.pixels, filled) <= 1)
    }
  }

  @Test(arguments: names) func pictureOfTheReference(name: String) throws {
    let reference = try Case(name)
    let sides = try reference.integers("output")
    let aligned = try reference.source.aligned(
      FaceAlignment(reference.landmarks), outputSide: sides[0], warpSide: sides[1])
    #expect(aligned.width == sides[0] && aligned.height == sides[0])
    let expected = try fixture("ffhq-align/\(name)-aligned.rgb")
    #expect(largestDifference(aligned.pixels, expected) <= 2)
  }

  @Test func anUprightSquareIsCutOutAsItIs() {
    let picture = noise(width: 20, height: 16, seed: 3)
    let corners = [(4.0, 5.0), (4, 13), (12, 13), (12, 5)].map {
      PicturePoint(x: $0.0 - 0.5, y: $0.1 - 0.5)
    }
    #expect(
      picture.warped(from: corners, side: 8).pixels
        == picture.cropped(to: PixelRect(left: 4, top: 5, width: 8, height: 8)).pixels)
  }

  private func face(at x: Double, _ y: Double, scale: Double) -> [PicturePoint] {
    (0..<68).map { index in
      switch index {
      case 36..<42: PicturePoint(x: x - scale, y: y - scale)
      case 42..<48: PicturePoint(x: x + scale, y: y - scale)
      default: PicturePoint(x: x, y: y + scale)
      }
    }
  }

  @Test func landmarkFilesOfManyKinds() throws {
    let expected = try FaceLandmarks(face(at: 30.5, 40, scale: 10))
    let pairs = expected.points.map { ("\($0.x)", "\($0.y)") }
    let texts = [
      "version: 1\nn_points: 68\n{\n" + pairs.map { "\($0) \($1)" }.joined(separator: "\n")
        + "\n}\n",
      "[" + pairs.map { "[\($0), \($1)]" }.joined(separator: ", ") + "]",
      "{\"points\": [" + pairs.map { "[\($0), \($1)]" }.joined(separator: ",") + "]}",
      pairs.map { "\($0),\($1)" }.joined(separator: "\r\n"),
    ]
    for text in texts {
      let folder = Workspace()
      let path = folder.file("face.pts")
      try writeFile(Array(text.utf8), to: path)
      #expect(try FaceLandmarks(contentsOf: path) == expected)
    }
  }

  @Test func unusableLandmarksAreErrors() throws {
    let short = Array(face(at: 0, 0, scale: 1).dropLast())
    #expect(throws: PictureError.landmarkCount(name: "a", count: 134)) {
      try FaceLandmarks(short, named: "a")
    }
    #expect(
      throws: PictureError.landmarksUnusable(
        name: "a", reason: "a coordinate is not a sensible number")
    ) { try FaceLandmarks(face(at: .nan, 0, scale: 1), named: "a") }
    let point = try FaceLandmarks(face(at: 5, 5, scale: 0))
    #expect(
      throws: PictureError.landmarksUnusable(
        name: "a", reason: "eyes and mouth lie in one point")
    ) { try FaceAlignment(point, named: "a") }
  }

  /// However wrong the landmarks are, memory stays bounded.
  @Test(arguments: [(1e8, 50.0, 10.0), (50, -900, 10), (-3e4, -3e4, 1000)])
  func aFaceOutsideThePictureIsAnError(x: Double, y: Double, scale: Double) throws {
    let picture = noise(width: 100, height: 100, seed: 1)
    let alignment = try FaceAlignment(FaceLandmarks(face(at: x, y, scale: scale)))
    #expect(
      throws: PictureError.landmarksUnusable(
        name: "a", reason: "the face lies outside the picture")
    ) { try picture.aligned(alignment, outputSide: 16, named: "a") }
  }

  @Test(arguments: [1.0, 3, 400, 1e7])
  func facesOfAnySizeGiveAPicture(scale: Double) throws {
    let picture = Picture(width: 9, height: 7, filledWith: RGBColor(10, 200, 77))
    let alignment = try FaceAlignment(FaceLandmarks(face(at: 4, 3, scale: scale)))
    let aligned = try picture.aligned(alignment, outputSide: 8)
    #expect(aligned == Picture(width: 8, height: 8, filledWith: RGBColor(10, 200, 77)))
  }
}
