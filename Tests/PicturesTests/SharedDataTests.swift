import Testing

@testable import Pictures

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

private let sharedData = fixturePath("../../../../shared/data")

/// Reads real data next to the package, when it is there.
@Suite(.enabled(if: access(sharedData, R_OK) == 0, "needs ../shared/data"))
struct SharedDataTests {
  @Test func masksOfBothDomainsHaveKnownClassesOnly() throws {
    for (domain, classes) in [("faces", 23), ("cars", 27)] {
      let palette = try Palette(
        (0..<classes).map {
          Palette.Entry(name: "class \($0)", color: SharedDataTests.colors[domain]?[$0] ?? .black)
        })
      let digits = domain == "faces" ? 4 : 6
      for index in 0..<10 {
        let number = String(repeating: "0", count: digits - 1) + "\(index)"
        let base = "\(sharedData)/\(domain)/test/\(number)"
        let map = try LabelMap(contentsOf: base + ".png", palette: palette)
        let photo = try Picture(contentsOf: base + ".jpg")
        #expect(map.width == photo.width && map.height == photo.height)
        #expect(map.classes.count > 5)
        let again = try LabelMap(
          decoding: map.encoded(with: palette), named: "again", palette: palette)
        #expect(again == map)
      }
    }
  }

  private static let colors: [String: [RGBColor]] = [
    "faces": [
      0x000000, 0xffcdaa, 0xeb966e, 0x825014, 0xbe7828, 0xf5f5ff, 0xc8d2eb, 0x1e5adc, 0x1eaae6,
      0xaa5ac8, 0xd782e6, 0xdc283c, 0xfa5a78, 0x6e0a1e, 0xffff8c, 0x5ac878, 0x289650, 0xf0b43c,
      0x6e3c1e, 0x465aa0, 0x141414, 0x96963c, 0x966e5a,
    ].map { RGBColor(hex: $0) },
    "cars": [
      0x000000, 0x464650, 0xb22d2d, 0xe6a03c, 0xf0dc5a, 0x46b4f0, 0x2878dc, 0x1e46a0, 0x5adcdc,
      0x785a3c, 0x994ca0, 0xffffff, 0xff78c8, 0x5aaa50, 0x286e3c, 0xc8ff78, 0xffff00, 0xff0000,
      0x00ffc8, 0x696969, 0x3c3c3c, 0xd2beff, 0x9682dc, 0xffbe8c, 0x008c8c, 0xaa6ef0, 0x231432,
    ].map { RGBColor(hex: $0) },
  ]
}
