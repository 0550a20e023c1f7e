import Foundation
import Pictures
import Testing

@testable import Editing

/// Which part of a photo a model sees, and that its code remembers it.
struct PhotoFramingTests {
  private let square = Letterbox(aspectWidth: 1, aspectHeight: 1, side: 128)
  private let wide = Letterbox(aspectWidth: 4, aspectHeight: 3, side: 128)
  private let photo = Picture(width: 400, height: 300, filledWith: .white)

  private func rect(_ left: Int, _ top: Int, _ width: Int, _ height: Int) -> PhotoFrame {
    .upright(PixelRect(left: left, top: top, width: width, height: height))
  }

  @Test func centered() {
    #expect(PhotoFraming.centered.frame(in: photo, for: square) == rect(50, 0, 300, 300))
    #expect(PhotoFraming.centered.frame(in: photo, for: wide) == rect(0, 0, 400, 300))
  }

  @Test func wholePhotosReachBeyondThemselves() {
    #expect(PhotoFraming.whole.frame(in: photo, for: square) == rect(0, -50, 400, 400))
    #expect(PhotoFraming.whole.frame(in: photo, for: wide) == rect(0, 0, 400, 300))
  }

  @Test func boxesAreMovedIntoThePhoto() {
    func frame(_ left: Int, _ top: Int, _ width: Int, _ height: Int) -> PhotoFrame {
      PhotoFraming.box(PixelRect(left: left, top: top, width: width, height: height))
        .frame(in: photo, for: square)
    }
    #expect(frame(100, 100, 50, 50) == rect(100, 100, 50, 50))
    #expect(frame(100, 100, 50, 100) == rect(75, 100, 100, 100))
    #expect(frame(0, 10, 20, 100) == rect(0, 10, 100, 100))
    #expect(frame(300, 250, 100, 50) == rect(300, 200, 100, 100))
    #expect(frame(0, 0, 400, 20) == rect(0, -190, 400, 400))
  }

  @Test func beyondTheEdgeItsPixelsGoOn() throws {
    let model = try ModelLibrary().model(named: "faces")
    var picture = Picture(width: 40, height: 20, filledWith: .white)
    for x in 0..<40 { picture[x, 0] = .black }
    let view = try Photo(picture, path: "a.png", framing: .whole).view(for: model)
    #expect(view.width == 40 && view.height == 40)
    #expect(view[7, 0] == .black && view[7, 10] == .black && view[7, 11] == .white)
    #expect(view[7, 39] == .white)
    // A strip costs no more than it has pixels.
    let strip = Picture(width: 60_000, height: 1, filledWith: .white)
    let narrow = try Photo(strip, path: "a.png", framing: .whole).view(for: model)
    #expect(narrow.width < 1200 && narrow.height < 1200)
  }

  @Test func codesRememberTheirPart() throws {
    let model = try ModelLibrary().model(named: "faces")
    let alignment = FaceAlignment(
      center: PicturePoint(x: 200, y: 150), xAxis: PicturePoint(x: 80, y: 20))
    for framing in [
      PhotoFraming.centered, .whole, .box(PixelRect(left: 10, top: 20, width: 90, height: 70)),
      .face(alignment),
    ] {
      let framed = Photo(photo, path: "a.png", framing: framing)
      let reference = framed.reference(for: model)
      let again = Photo(photo, path: "a.png").framed(like: reference)
      #expect(again.frame(for: model) == framed.frame(for: model))
      #expect(again.reference(for: model) == reference)
    }
  }

  /// Records are files of strangers.
  @Test(arguments: [
    LatentCode.PhotoReference(hash: "", width: 1, height: 1, crop: []),
    LatentCode.PhotoReference(hash: "", width: 1, height: 1, crop: [0, 0, 0, 0]),
    LatentCode.PhotoReference(hash: "", width: 1, height: 1, crop: [5000, 0, 10, 10]),
    LatentCode.PhotoReference(hash: "", width: 1, height: 1, crop: [.max, 1, 1, 1]),
    LatentCode.PhotoReference(hash: "", width: 1, height: 1, crop: [], turned: [.nan, 0, 1, 1]),
    LatentCode.PhotoReference(hash: "", width: 1, height: 1, crop: [], turned: [0, 0, 0, 0]),
  ])
  func impossibleParts(_ reference: LatentCode.PhotoReference) {
    #expect(Photo(photo, path: "a.png").framed(like: reference).framing == .centered)
  }

  @Test func boxesOutsideAreRefused() throws {
    let model = try ModelLibrary().model(named: "faces")
    let framed = Photo(
      photo, path: "a.png", framing: .box(PixelRect(left: 350, top: 0, width: 60, height: 60)))
    let error = EditingError.cropOutside(
      path: "a.png", crop: [350, 0, 60, 60], width: 400, height: 300)
    #expect(throws: error) { try framed.view(for: model) }
    #expect(
      error.text == "a.png has 400x300 pixels; the crop 350,0,60,60 does not lie inside")
  }

  @Test func landmarksAreForSquares() throws {
    let cars = try ModelLibrary().model(named: "cars")
    let alignment = FaceAlignment(
      center: PicturePoint(x: 200, y: 150), xAxis: PicturePoint(x: 80, y: 0))
    let framed = Photo(photo, path: "a.png", framing: .face(alignment))
    #expect(throws: EditingError.landmarksNeedSquare(model: "cars")) { try framed.view(for: cars) }
    #expect(
      EditingError.landmarksNeedSquare(model: "cars").text
        == "model cars has no square picture, which landmarks are for; leave --landmarks out")
  }
}
