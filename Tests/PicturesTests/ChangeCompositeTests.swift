import Testing

@testable import Pictures

/// An edit of a small picture carried over to the photo in full size.
@Suite struct ChangeCompositeTests {
  /// 1 in the middle of a square, 0 around it.
  private func alpha(_ side: Int, from start: Int, to end: Int) -> AlphaMask {
    AlphaMask(
      width: side, height: side,
      values: (0..<side * side).map { pixel in
        (start..<end).contains(pixel % side) && (start..<end).contains(pixel / side) ? 1 : 0
      })
  }

  private func brighter(_ picture: Picture, by value: UInt8, from: Int, to: Int) -> Picture {
    var result = picture
    for y in from..<to {
      for x in from..<to {
        let color = picture[x, y]
        result[x, y] = RGBColor(color.red + value, color.green + value, color.blue + value)
      }
    }
    return result
  }

  /// What the model sees unchanged stays in full detail.
  @Test func withoutChangeThePhotoStays() {
    let photo = noise(width: 80, height: 64, seed: 31)
    let rect = PixelRect(left: 8, top: 0, width: 64, height: 64)
    let seen = photo.cropped(to: rect).resized(width: 16, height: 16, by: .area)
    let result = Compositor().composite(
      seen, changedFrom: seen, seen: seen, into: photo, at: PatchPlacement(rect),
      alpha: alpha(16, from: 4, to: 12))
    #expect(result == photo)
  }

  /// A small change is added to the photo, whose detail stays.
  @Test func smallChangesKeepDetail() {
    let gray = Picture(width: 16, height: 16, filledWith: RGBColor(100, 100, 100))
    let edited = brighter(gray, by: 10, from: 0, to: 16)
    var photo = Picture(width: 64, height: 64, filledWith: RGBColor(60, 140, 110))
    for y in 0..<64 {
      for x in 0..<64 where (x + y) % 2 == 0 { photo[x, y] = RGBColor(140, 60, 90) }
    }
    let result = Compositor(matching: .none).composite(
      edited, changedFrom: gray, seen: gray, into: photo, at: PatchPlacement(photo.frame),
      alpha: alpha(16, from: 2, to: 14))
    #expect(result[32, 32] == RGBColor(150, 70, 100))
    #expect(result[33, 32] == RGBColor(70, 150, 120))
    #expect(result[2, 2] == photo[2, 2])
  }

  /// Where something else is seen, the old detail goes.
  @Test func largeChangesReplaceDetail() {
    let gray = Picture(width: 16, height: 16, filledWith: RGBColor(60, 60, 60))
    let edited = brighter(gray, by: 140, from: 0, to: 16)
    var photo = Picture(width: 64, height: 64, filledWith: RGBColor(60, 60, 60))
    for y in 20..<44 { for x in 20..<44 where x % 2 == 0 { photo[x, y] = RGBColor(90, 60, 30) } }
    let result = Compositor(matching: .none).composite(
      edited, changedFrom: gray, seen: photo.resized(width: 16, height: 16, by: .area), into: photo,
      at: PatchPlacement(photo.frame), alpha: alpha(16, from: 2, to: 14))
    for x in 28..<36 { #expect(result[x, 32] == RGBColor(200, 200, 200)) }
  }

  /// Something else altogether takes the photo's place.
  @Test func withoutAnOriginalNothingIsKept() {
    let patch = noise(width: 16, height: 16, seed: 34)
    let photo = noise(width: 30, height: 30, seed: 35)
    let rect = PixelRect(left: 5, top: 6, width: 16, height: 16)
    let result = Compositor(matching: .none).composite(
      patch, changedFrom: nil, seen: photo.cropped(to: rect), into: photo,
      at: PatchPlacement(rect), alpha: alpha(16, from: 0, to: 16))
    var expected = photo
    expected.paste(patch, left: 5, top: 6)
    #expect(result == expected)
  }

  /// Of the same size it is an exact sum, also where the place reaches beyond the photo.
  @Test func sameSizeIsExact() {
    let photo = noise(width: 20, height: 20, seed: 32)
    let gray = Picture(width: 16, height: 16, filledWith: RGBColor(80, 80, 80))
    let edited = brighter(gray, by: 8, from: 0, to: 16)
    let rect = PixelRect(left: -6, top: 9, width: 16, height: 16)
    let result = Compositor().composite(
      edited, changedFrom: gray, seen: gray, into: photo, at: PatchPlacement(rect),
      alpha: alpha(16, from: 0, to: 16))
    for y in 0..<20 {
      for x in 0..<20 {
        let old = photo[x, y]
        let isInside = x < 10 && y >= 9
        func expected(_ value: UInt8) -> UInt8 {
          isInside ? UInt8(min(Int(value) + 8, 255)) : value
        }
        #expect(
          result[x, y]
            == RGBColor(expected(old.red), expected(old.green), expected(old.blue)))
      }
    }
  }

  /// Pixels without coverage keep their bytes, in every size and however it is turned.
  @Test(arguments: [1.0, 2.7, 5, 11])
  func nothingElseChanges(_ scale: Double) throws {
    let side = Int(16 * scale)
    let photo = noise(width: side + 30, height: side + 20, seed: 33)
    let edited = brighter(
      Picture(width: 16, height: 16, filledWith: RGBColor(50, 50, 50)), by: 100, from: 4, to: 12)
    let gray = Picture(width: 16, height: 16, filledWith: RGBColor(50, 50, 50))
    let turned = FaceAlignment(
      center: PicturePoint(x: Double(side) / 2 + 10, y: Double(side) / 2 + 10),
      xAxis: PicturePoint(x: Double(side) / 2 * 0.8, y: Double(side) / 2 * 0.6))
    let upright = PatchPlacement(PixelRect(left: 12, top: 7, width: side, height: side))
    for placement in [upright, PatchPlacement(turned)] {
      let result = Compositor().composite(
        edited, changedFrom: gray, seen: gray, into: photo, at: placement,
        alpha: alpha(16, from: 5, to: 11))
      var changed = 0
      for y in 0..<photo.height {
        for x in 0..<photo.width where result[x, y] != photo[x, y] {
          changed += 1
          let from = PicturePoint(x: Double(x), y: Double(y)) - placement.origin
          let u = (from.x * placement.right.x + from.y * placement.right.y)
          let v = (from.x * placement.down.x + from.y * placement.down.y)
          let squared = placement.right.length * placement.right.length
          // The outermost pixels of the coverage fade over to those beyond.
          for part in [u, v] { #expect((4.3 / 16...11.7 / 16).contains(part / squared)) }
        }
      }
      #expect(changed > side * side / 16)
    }
  }
}
