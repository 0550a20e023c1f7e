import Editing
import Networks
import Pictures
import Testing

@Suite("Putting an edit back into the photo")
struct PhotoCompositeTests {
  /// A photo larger than the model's square, wider than high, with a pattern in every pixel.
  private static func photo(width: Int, height: Int) -> Photo {
    let pixels = (0..<width * height * 3).map { UInt8(truncatingIfNeeded: $0 * 7 + $0 / 97) }
    return Photo(Picture(width: width, height: height, pixels: pixels), path: "photo")
  }

  @Test(
    "nothing outside the region changes, whatever the photo's size; inside it does",
    arguments: [(128, 128), (300, 211), (97, 160), (40, 40)], ["faces", "cars"])
  func outsideStays(size: (Int, Int), domain: String) throws {
    let model = try ModelLibrary().model(named: domain)
    let photo = Self.photo(width: size.0, height: size.1)
    let valid = model.letterbox.valid
    let edited = Picture(
      width: valid.width, height: valid.height, filledWith: RGBColor(255, 40, 0))
    let side = model.resolution
    let region = Region(
      width: side, height: side,
      bits: (0..<side * side).map { (48..<80).contains($0 % side) && (40..<76).contains($0 / side) }
    )
    let output = try PhotoComposite()(edited, region: region, photo: photo, model: model)
    #expect(output.width == size.0 && output.height == size.1)
    let crop = photo.crop(for: model)
    var changed = 0
    for y in 0..<size.1 {
      for x in 0..<size.0 where output[x, y] != photo.picture[x, y] {
        changed += 1
        // The centre of the pixel in the model's square.
        let column = (Double(x - crop.left) + 0.5) * Double(valid.width) / Double(crop.width)
        let row =
          (Double(y - crop.top) + 0.5) * Double(valid.height) / Double(crop.height)
          + Double(valid.top)
        #expect(
          region[min(max(Int(column), 0), side - 1), min(max(Int(row), 0), side - 1)],
          "pixel \(x), \(y)")
      }
    }
    let area = crop.width * crop.height * region.count / (valid.width * valid.height)
    #expect(changed > area / 3)
  }
}
