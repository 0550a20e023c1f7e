import Testing

@testable import Pictures

@Suite struct PictureErrorTests {
  private static let texts: [(PictureError, String)] = [
    (.notFound(path: "a.png"), "a.png: no such file; check the path"),
    (
      .unreadable(path: "a.png", reason: "Permission denied"),
      "a.png: cannot be read: Permission denied"
    ),
    (
      .unwritable(path: "a.png", reason: "there is no folder out"),
      "a.png: cannot be written: there is no folder out"
    ),
    (
      .unknownExtension(path: "a.gif"),
      "a.gif: unknown picture format; use a name that ends in .png, .jpg or .jpeg"
    ),
    (
      .fileTooLarge(path: "a.png", limit: 100),
      "a.png: the file is larger than 100 bytes; a picture was expected"
    ),
    (.notAPicture(name: "a.png"), "a.png: not a picture; PNG and JPEG files are read"),
    (
      .damaged(name: "a.png", format: .png, reason: "the file ends too early"),
      "a.png: the PNG file is damaged: the file ends too early"
    ),
    (
      .unsupported(name: "a.jpg", format: .jpeg, reason: "Unsupported JPEG data precision 12"),
      "a.jpg: this kind of JPEG file is not read: Unsupported JPEG data precision 12"
    ),
    (
      .tooLarge(name: "a.png", width: 90000, height: 90000, maxPixels: 268_435_456),
      "a.png: 90000x90000 is too large; at most 268435456 pixels are read"
    ),
    (.outOfMemory(name: "a.png"), "a.png: there is not enough memory for this picture"),
    (
      .notEncodable(
        format: .jpeg, reason: "Maximum supported image dimension is 65500 pixels"),
      "the picture cannot be stored as JPEG: Maximum supported image dimension is 65500 pixels"
    ),
    (
      .landmarkCount(name: "a.pts", count: 10),
      "a.pts: found 10 numbers, expected 136: x and y of the 68 points of a face"
    ),
    (
      .landmarksUnusable(name: "a.pts", reason: "the face lies outside the picture"),
      "a.pts: the face cannot be aligned: the face lies outside the picture; check that the "
        + "landmarks belong to the picture"
    ),
    (
      .unknownColor(name: "m.png", color: "#1234ab", distinct: 1, pixels: 2, x: 4, y: 2),
      "m.png: #1234ab is not the colour of a class (2 pixels, the first at 4,2); paint with the "
        + "palette's colours or repair with --nearest-class"
    ),
    (
      .unknownColor(name: "m.png", color: "#1234ab", distinct: 7, pixels: 90, x: 4, y: 2),
      "m.png: 7 colours are not those of a class (90 pixels; mostly #1234ab, the first at 4,2); "
        + "paint with the palette's colours or repair with --nearest-class"
    ),
    (
      .unknownClass(name: "m.png", id: 31, classCount: 23, pixels: 1, x: 0, y: 5),
      "m.png: there is no class 31 (1 pixel out of range, the first at 0,5); ids go from 0 to 22"
    ),
    (
      .transparentMask(name: "m.png", pixels: 3, x: 1, y: 1),
      "m.png: the mask is transparent in places (3 pixels, the first at 1,1); flatten it onto an "
        + "opaque class colour"
    ),
    (
      .lossyMask(name: "m.jpg"),
      "m.jpg: a mask in JPEG has lost its exact colours; use PNG or repair with --nearest-class"
    ),
    (
      .maskNotPNG(path: "m.jpg"),
      "m.jpg: masks are written as PNG only; use a name that ends in .png"
    ),
    (
      .sizeMismatch(
        name: "m.png", expectedWidth: 128, expectedHeight: 96, actualWidth: 256, actualHeight: 192
      ), "m.png: the size is 256x192, expected 128x96"
    ),
    (.paletteSize(count: 300), "a palette has 1 to 256 classes, not 300"),
    (
      .duplicateColor(color: "#000000", first: "hair", second: "hat"),
      "the classes hair and hat have the same colour #000000; give each class its own"
    ),
    (
      .duplicateClass(name: "hair"),
      "two classes are called hair; give each class its own name"
    ),
    (
      .noSuchClass(name: "lip", available: ["skin", "nose"]),
      "there is no class lip; the classes are skin, nose"
    ),
  ]

  @Test(arguments: texts.indices)
  func everyErrorIsOneSentence(index: Int) {
    let (error, text) = PictureErrorTests.texts[index]
    #expect("\(error)" == text)
  }
}
