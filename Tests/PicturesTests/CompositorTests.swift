import Testing

@testable import Pictures

@Suite struct CompositorTests {
  private let photo = noise(width: 40, height: 30, seed: 20)
    .resized(width: 80, height: 60, by: .bicubic)

  private func alpha(_ side: Int) -> AlphaMask {
    var region = Region(width: side, height: side)
    for y in side / 3..<side / 2 {
      for x in side / 3..<side / 2 { region[x, y] = true }
    }
    return region.feathered(.smooth(width: Double(side) / 10))
  }

  @Test(arguments: [
    Compositor.Matching.none, .gainAndOffset(ringWidth: 4), .membrane,
  ])
  func pixelsOutsideTheSoftMaskAreUntouched(matching: Compositor.Matching) {
    let frame = PixelRect(left: 10, top: 5, width: 48, height: 48)
    let soft = alpha(16)
    let patch = noise(width: 16, height: 16, seed: 21)
    let result = Compositor(matching: matching).composite(
      patch, into: photo, frame: frame, alpha: soft)
    let support = soft.resized(width: 48, height: 48).support
    var changed = 0
    for y in 0..<photo.height {
      for x in 0..<photo.width where result[x, y] != photo[x, y] {
        changed += 1
        #expect(x >= 10 && x < 58 && y >= 5 && y < 53 && support[x - 10, y - 5])
      }
    }
    #expect(changed > 50)
    #expect(result.metadata == photo.metadata)
  }

  @Test func fullAlphaWithoutMatchingIsThePatch() {
    let patch = noise(width: 12, height: 12, seed: 22)
    let full = AlphaMask(width: 12, height: 12, values: [Float](repeating: 1, count: 144))
    let frame = PixelRect(left: 70, top: -4, width: 12, height: 12)
    let result = Compositor(matching: .none).composite(
      patch, into: photo, frame: frame, alpha: full)
    var expected = photo
    expected.paste(patch, left: 70, top: -4)
    #expect(result == expected)
    let away = PixelRect(left: 500, top: 0, width: 12, height: 12)
    #expect(Compositor().composite(patch, into: photo, frame: away, alpha: full) == photo)
  }

  @Test func aPatchInAnotherLightLeavesNoSeam() {
    let smooth = noise(width: 5, height: 5, seed: 23).resized(width: 64, height: 64, by: .bicubic)
    let darker = Picture(
      width: 64, height: 64, pixels: smooth.pixels.map { UInt8(Float($0) * 0.9 + 4) })
    let result = Compositor(matching: .gainAndOffset(ringWidth: 6)).composite(
      darker, into: smooth, frame: smooth.frame, alpha: alpha(64))
    #expect(largestDifference(result.pixels, smooth.pixels) <= 3)
  }

  @Test func theMembraneFollowsLightThatChanges() {
    let smooth = noise(width: 5, height: 5, seed: 24).resized(width: 64, height: 64, by: .bicubic)
    var tilted = smooth
    for y in 0..<64 {
      for x in 0..<64 {
        let color = smooth[x, y]
        tilted[x, y] = RGBColor(
          color.red / 2 + UInt8(x), color.green / 2 + UInt8(x), color.blue / 2 + UInt8(y))
      }
    }
    var base = smooth
    for i in base.pixels.indices { base.pixels[i] /= 2 }
    let result = Compositor(matching: .membrane).composite(
      base, into: tilted, frame: base.frame, alpha: alpha(64))
    #expect(largestDifference(result.pixels, tilted.pixels) <= 1)
  }

  @Test func whatThePatchShowsDifferentlyDoesNotTintIt() {
    let gray = Picture(width: 40, height: 40, filledWith: RGBColor(100, 110, 120))
    var patch = Picture(width: 40, height: 40, filledWith: RGBColor(90, 100, 110))
    for y in 0..<40 { for x in 23..<26 { patch[x, y] = .white } }
    let result = Compositor(matching: .gainAndOffset(ringWidth: 6)).composite(
      patch, into: gray, frame: gray.frame, alpha: alpha(40))
    #expect(result[16, 16] == RGBColor(100, 110, 120))
  }

  @Test func withoutARingColoursStay() {
    let patch = noise(width: 8, height: 8, seed: 25)
    let match = ColorMatch(of: patch, to: patch.mirrored(), on: Region(width: 8, height: 8))
    #expect(match == ColorMatch())
    #expect(match.applied(to: patch) == patch.pixels.map { Float($0) })
  }

  @Test func theMembraneSolvesLaplacesEquation() {
    // Linear functions are harmonic: known outside, they must come back inside.
    let width = 37
    let height = 29
    let plane = (0..<width * height).map { Float(2 * ($0 % width) - $0 / width) }
    let unknown = (0..<width * height).map { pixel in
      (5..<30).contains(pixel % width) && (4..<25).contains(pixel / width)
    }
    let filled = Membrane(width: width, height: height, unknown: unknown)
      .filled(zip(plane, unknown).map { $1 ? -1000 : $0 })
    let worst = zip(filled, plane).map { abs($0 - $1) }.max() ?? .infinity
    #expect(worst < 0.05)
    let all = Membrane(width: 2, height: 2, unknown: [true, true, true, true])
    #expect(all.filled([1, 2, 3, 4]) == [0, 0, 0, 0])
  }

  @Test func theMembraneAgreesWithADirectSolution() {
    var generator = SeededGenerator(seed: 26)
    let width = 9
    let height = 7
    let count = width * height
    let unknown = (0..<count).map { _ in Int.random(in: 0..<4, using: &generator) > 0 }
    let values = (0..<count).map { _ in Float.random(in: -50...50, using: &generator) }
    let filled = Membrane(width: width, height: height, unknown: unknown).filled(values)
    let expected = gaussSolution(values, unknown, width, height)
    let worst = zip(filled, expected).map { abs(Double($0) - $1) }.max() ?? .infinity
    #expect(worst < 0.01)
  }

  /// The same equations by Gaussian elimination in float64.
  private func gaussSolution(
    _ values: [Float], _ unknown: [Bool], _ width: Int, _ height: Int
  ) -> [Double] {
    let count = values.count
    var rows = (0..<count).map { pixel -> [Double] in
      var row = [Double](repeating: 0, count: count + 1)
      guard unknown[pixel] else {
        row[pixel] = 1
        row[count] = Double(values[pixel])
        return row
      }
      for (dx, dy) in [(-1, 0), (1, 0), (0, -1), (0, 1)] {
        let x = pixel % width + dx
        let y = pixel / width + dy
        guard x >= 0, x < width, y >= 0, y < height else { continue }
        row[pixel] += 1
        row[y * width + x] -= 1
      }
      return row
    }
    for column in 0..<count {
      let pivot =
        (column..<count).max { abs(rows[$0][column]) < abs(rows[$1][column]) } ?? column
      rows.swapAt(column, pivot)
      for row in 0..<count where row != column {
        let factor = rows[row][column] / rows[column][column]
        if factor == 0 { continue }
        for k in column...count { rows[row][k] -= factor * rows[column][k] }
      }
    }
    return (0..<count).map { rows[$0][count] / rows[$0][$0] }
  }
}
