import Testing

@testable import Pictures

@Suite struct RegionTests {
  private func random(width: Int, height: Int, seed: UInt64, percent: Int) -> Region {
    var generator = SeededGenerator(seed: seed)
    return Region(
      width: width, height: height,
      bits: (0..<width * height).map { _ in Int.random(in: 0..<100, using: &generator) < percent })
  }

  /// Squared distance to the nearest member, by trying all.
  private func reference(_ region: Region) -> [Int] {
    (0..<region.bits.count).map { pixel in
      region.bits.indices.filter { region.bits[$0] }.map { member in
        let x = pixel % region.width - member % region.width
        let y = pixel / region.width - member / region.width
        return x * x + y * y
      }.min() ?? .max
    }
  }

  @Test(arguments: [
    [17, 13, 3], [1, 20, 10], [20, 1, 10], [12, 12, 60], [9, 9, 0], [1, 1, 100],
  ])
  func distancesAreExact(shape: [Int]) {
    for seed in 0..<5 {
      let region = random(
        width: shape[0], height: shape[1], seed: UInt64(seed), percent: shape[2])
      #expect(region.squaredDistances() == reference(region))
    }
  }

  @Test(arguments: 0...4)
  func dilationFollowsItsElement(radius: Int) {
    let region = random(width: 15, height: 11, seed: 3, percent: 4)
    let disc = region.dilated(by: radius)
    let square = region.dilated(by: radius, .square)
    for y in 0..<11 {
      for x in 0..<15 {
        var inDisc = false
        var inSquare = false
        for (pixel, bit) in region.bits.enumerated() where bit {
          let dx = abs(pixel % 15 - x)
          let dy = abs(pixel / 15 - y)
          inDisc = inDisc || dx * dx + dy * dy <= radius * radius
          inSquare = inSquare || max(dx, dy) <= radius
        }
        #expect(disc[x, y] == inDisc)
        #expect(square[x, y] == inSquare)
      }
    }
    #expect(region.ring(width: radius) == disc.subtracting(region))
  }

  @Test func hugeRadiiFillTheGrid() {
    var region = Region(width: 6, height: 4)
    #expect(region.dilated(by: .max).isEmpty)
    region[0, 0] = true
    #expect(region.dilated(by: .max).count == 24)
    #expect(region.dilated(by: .max, .square).count == 24)
  }

  @Test func setsCombine() {
    let a = random(width: 8, height: 8, seed: 4, percent: 40)
    let b = random(width: 8, height: 8, seed: 5, percent: 40)
    #expect(a.union(b).count == a.count + b.count - a.intersection(b).count)
    #expect(a.subtracting(b).union(a.intersection(b)) == a)
    #expect(a.complement.intersection(a).isEmpty)
  }

  @Test func boundsAreTight() {
    var region = Region(width: 10, height: 10)
    #expect(region.bounds == nil && region.isEmpty)
    region[3, 2] = true
    region[7, 8] = true
    #expect(region.bounds == PixelRect(left: 3, top: 2, width: 5, height: 7))
  }

  @Test func editsOfMasksGiveRegions() throws {
    let old = LabelMap(width: 3, height: 2, labels: [0, 1, 1, 2, 2, 3])
    let new = LabelMap(width: 3, height: 2, labels: [0, 1, 2, 2, 2, 3])
    #expect(try new.changedRegion(from: old).bits == [false, false, true, false, false, false])
    #expect(try new.changedClasses(from: old) == [1, 2])
    #expect(
      try new.region(of: [1], alsoIn: old).bits == [false, true, true, false, false, false])
    #expect(new.counts[2] == 3 && new.classes == [0, 1, 2, 3])
    let other = LabelMap(width: 2, height: 2, filledWith: 0)
    #expect(
      throws: PictureError.sizeMismatch(
        name: "m", expectedWidth: 3, expectedHeight: 2, actualWidth: 2, actualHeight: 2)
    ) { try other.changedRegion(from: old, named: "m") }
  }

  @Test func rampsFallFromOneToZero() {
    var region = Region(width: 21, height: 1)
    region[10, 0] = true
    let linear = region.feathered(.linear(width: 3))
    #expect(linear.values[10] == 1)
    #expect(linear.values[11] == 0.75 && linear.values[13] == 0.25 && linear.values[14] == 0)
    let smooth = region.feathered(.smooth(width: 3))
    #expect(smooth.values[12] == 0.5 && smooth.values[11] == 0.84375)
    #expect(region.feathered(.linear(width: 0)).support == region)
    #expect(region.feathered(.gaussian(sigma: .nan)).support == region)
    #expect(Region(width: 3, height: 3).feathered(.smooth(width: 2)).support.isEmpty)
  }

  @Test func gaussianBlurIsHalfAtAStraightBorder() {
    let region = Region(width: 40, height: 3, bits: (0..<120).map { $0 % 40 < 20 })
    let soft = region.feathered(.gaussian(sigma: 2))
    #expect(abs((soft[19, 1] + soft[20, 1]) / 2 - 0.5) < 1e-6)
    #expect(soft[0, 0] == 1 && soft[26, 1] == 0 && soft[25, 1] > 0)
  }

  @Test func scalingSoftMasksKeepsZeros() {
    var region = Region(width: 16, height: 16)
    region[8, 8] = true
    let large = region.feathered(.linear(width: 2)).resized(width: 128, height: 128)
    #expect(large.values.max() == 1 || large.values.max().map { $0 > 0.8 } == true)
    #expect(large[0, 0] == 0 && large[40, 40] == 0)
    #expect(AlphaMask(width: 2, height: 1, values: [.nan, 7]).values == [0, 1])
  }
}
