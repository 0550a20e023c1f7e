import Testing

@testable import Pictures

@Suite struct GeometryTests {
  @Test func croppingTakesTheRectangle() {
    let picture = noise(width: 9, height: 7, seed: 10)
    let cropped = picture.cropped(to: PixelRect(left: 2, top: 3, width: 4, height: 2))
    #expect(cropped.width == 4 && cropped.height == 2)
    #expect(cropped[0, 0] == picture[2, 3])
    #expect(cropped[3, 1] == picture[5, 4])
  }

  @Test func pastingIsClippedAtTheEdges() {
    var picture = Picture(width: 4, height: 3, filledWith: .black)
    picture.paste(Picture(width: 3, height: 3, filledWith: .white), left: -2, top: 2)
    picture.paste(Picture(width: 3, height: 3, filledWith: .white), left: 9, top: 0)
    var expected = Picture(width: 4, height: 3, filledWith: .black)
    expected[0, 2] = .white
    #expect(picture == expected)
  }

  @Test func rectanglesIntersect() {
    let rect = PixelRect(left: -3, top: 2, width: 10, height: 10)
    let frame = PixelRect(left: 0, top: 0, width: 5, height: 5)
    #expect(rect.intersection(frame) == PixelRect(left: 0, top: 2, width: 5, height: 3))
    #expect(rect.intersection(PixelRect(left: 50, top: 0, width: 1, height: 1)).isEmpty)
    #expect(frame.contains(PixelRect(left: 1, top: 1, width: 4, height: 4)))
    #expect(!frame.contains(rect))
  }

  @Test func carsLieInRows16To112() {
    let letterbox = Letterbox(aspectWidth: 4, aspectHeight: 3, side: 128)
    #expect(letterbox.valid == PixelRect(left: 0, top: 16, width: 128, height: 96))
    #expect(letterbox == Letterbox(side: 128, valid: letterbox.valid))
    #expect(Letterbox(side: 100, valid: letterbox.valid) == nil)
  }

  @Test func framingAndUnframingAreInverse() {
    let letterbox = Letterbox(aspectWidth: 4, aspectHeight: 3, side: 128)
    let picture = noise(width: 128, height: 96, seed: 11)
    let framed = letterbox.framed(picture)
    #expect(framed.width == 128 && framed.height == 128)
    #expect(framed[5, 15] == .black && framed[5, 16] == picture[5, 0] && framed[5, 112] == .black)
    #expect(letterbox.unframed(framed) == picture)
    let map = LabelMap(width: 128, height: 96, filledWith: 3)
    let framedMap = letterbox.framed(map)
    #expect(framedMap[0, 15] == 0 && framedMap[0, 16] == 3 && framedMap[127, 111] == 3)
    #expect(letterbox.unframed(framedMap) == map)
  }

  @Test func widePicturesAreCroppedAroundTheirCentre() {
    let letterbox = Letterbox(aspectWidth: 1, aspectHeight: 1, side: 64)
    let picture = Picture(width: 300, height: 100, filledWith: .white)
    #expect(
      letterbox.visibleRect(of: picture) == PixelRect(left: 100, top: 0, width: 100, height: 100))
    #expect(letterbox.framed(picture) == Picture(width: 64, height: 64, filledWith: .white))
    #expect(!letterbox.hasBands)
  }
}
