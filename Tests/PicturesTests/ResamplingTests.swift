import Foundation
import Testing

@testable import Pictures

@Suite struct ResamplingTests {
  /// The definition, in float64 and without any separation into rows and columns.
  private func reference(
    _ picture: Picture, width: Int, height: Int, by filter: ResamplingFilter
  ) -> [Double] {
    var result: [Double] = []
    for y in 0..<height {
      for x in 0..<width {
        var sums = [0.0, 0.0, 0.0]
        var total = 0.0
        for sourceY in 0..<picture.height {
          let vertical = weight(sourceY, y, picture.height, height, filter)
          for sourceX in 0..<picture.width {
            let both = vertical * weight(sourceX, x, picture.width, width, filter)
            total += both
            let color = picture[sourceX, sourceY]
            sums[0] += both * Double(color.red)
            sums[1] += both * Double(color.green)
            sums[2] += both * Double(color.blue)
          }
        }
        result += sums.map { min(max($0 / total, 0), 255) }
      }
    }
    return result
  }

  private func weight(
    _ source: Int, _ target: Int, _ sources: Int, _ targets: Int, _ filter: ResamplingFilter
  ) -> Double {
    let scale = Double(sources) / Double(targets)
    let center = (Double(target) + 0.5) * scale
    let distance = abs(Double(source) + 0.5 - center) / max(scale, 1)
    switch filter {
    case .area:
      let begin = max(Double(target) * scale, Double(source))
      return max(0, min(Double(target + 1) * scale, Double(source + 1)) - begin)
    case .bilinear:
      return max(0, 1 - distance)
    case .bicubic:
      if distance < 1 {
        return 1.5 * distance * distance * distance - 2.5 * distance * distance + 1
      }
      if distance >= 2 { return 0 }
      return -0.5 * distance * distance * distance + 2.5 * distance * distance - 4 * distance + 2
    case .lanczos:
      if distance == 0 { return 1 }
      if distance >= 3 { return 0 }
      let x = distance * Double.pi
      return sin(x) / x * sin(x / 3) / (x / 3)
    case .nearest:
      return Int(center) == source ? 1 : 0
    }
  }

  @Test(
    arguments: ResamplingFilter.allCases,
    [[5, 4], [13, 9], [31, 20], [7, 30], [1, 1], [26, 18], [40, 3]])
  func everyFilterMatchesItsDefinition(filter: ResamplingFilter, size: [Int]) {
    let picture = noise(width: 13, height: 9, seed: 9)
    let resized = picture.resized(width: size[0], height: size[1], by: filter)
    let expected = reference(picture, width: size[0], height: size[1], by: filter)
    let worst = zip(resized.pixels, expected).map { abs(Double($0) - $1) }.max() ?? .infinity
    #expect(worst <= 0.5 + 1e-4)
  }

  @Test(arguments: ["bilinear", "bicubic", "lanczos"], [[5, 4], [29, 17], [6, 21]])
  func kernelsAgreeWithPillow(filter: String, size: [Int]) throws {
    let gray = try fixture("resampling-13x9.gray")
    let picture = Picture(width: 13, height: 9, pixels: gray.flatMap { [$0, $0, $0] })
    let expected = try floatFixture("\(filter)-\(size[0])x\(size[1]).f32")
    let resized = picture.resized(
      width: size[0], height: size[1], by: try #require(ResamplingFilter(rawValue: filter)))
    for (pixel, value) in expected.enumerated() {
      #expect(abs(Float(resized.pixels[3 * pixel]) - min(max(value, 0), 255)) <= 0.501)
    }
  }

  @Test(arguments: ResamplingFilter.allCases)
  func aConstantStaysConstant(filter: ResamplingFilter) {
    let color = RGBColor(3, 128, 254)
    let picture = Picture(width: 17, height: 11, filledWith: color)
    #expect(
      picture.resized(width: 6, height: 29, by: filter)
        == Picture(width: 6, height: 29, filledWith: color))
  }

  @Test func shrinkingAFineCheckerboardGivesGrey() {
    var picture = Picture(width: 64, height: 64, filledWith: .black)
    for y in 0..<64 {
      for x in 0..<64 where (x + y) % 2 == 0 { picture[x, y] = .white }
    }
    for filter in [ResamplingFilter.area, .bilinear, .bicubic, .lanczos] {
      let small = picture.resized(width: 16, height: 16, by: filter)
      #expect(small.pixels.allSatisfy { (124...131).contains($0) })
    }
  }

  @Test func masksTakeTheIdAtTheCentre() {
    let map = LabelMap(width: 4, height: 1, labels: [0, 1, 2, 3])
    #expect(
      map.resized(width: 8, height: 2).labels == [0, 0, 1, 1, 2, 2, 3, 3, 0, 0, 1, 1, 2, 2, 3, 3])
    #expect(map.resized(width: 2, height: 1).labels == [1, 3])
  }
}
