import TestSupport
import Testing

@testable import TensorCore

@Suite("Where large blocks of memory lie")
struct BlockPlacementTests {
  @Test func blocksFollowEachOther() {
    var placement = BlockPlacement()
    #expect(placement.take(30) == (0, true))
    #expect(placement.take(20) == (30, true))
    #expect(placement.end == 50)
    #expect(placement.idleBytes == 0)
  }

  @Test func aBlockTakesTheSmallestHoleThatFits() {
    var placement = BlockPlacement()
    for size in [40, 10, 20, 10, 30, 10] { _ = placement.take(size) }
    placement.give(0..<40)
    placement.give(50..<70)
    placement.give(80..<110)
    #expect(placement.idleBytes == 90)
    #expect(placement.take(18) == (50, false))
    #expect(placement.take(25) == (80, false))
    #expect(placement.take(40) == (0, false))
    #expect(placement.take(7) == (120, true), "neither the 2 nor the 5 that are left suffice")
  }

  @Test func holesThatTouchBecomeOne() {
    var placement = BlockPlacement()
    for _ in 0..<4 { _ = placement.take(10) }
    placement.give(0..<10)
    placement.give(20..<30)
    placement.give(10..<20)
    #expect(placement.take(30) == (0, false))
  }

  @Test func theRangeGrowsFromItsLastHole() {
    var placement = BlockPlacement()
    for _ in 0..<2 { _ = placement.take(10) }
    placement.give(10..<20)
    #expect(placement.take(15) == (10, true))
    #expect(placement.end == 25)
    #expect(placement.idleBytes == 0)
  }

  @Test func emptiedHolesNeedMemoryAgain() {
    var placement = BlockPlacement()
    for size in [40, 10, 20] { _ = placement.take(size) }
    placement.give(0..<40)
    placement.give(50..<70)
    #expect(placement.empty(downTo: 25) == [0..<40])
    #expect(placement.idleBytes == 20)
    #expect(placement.empty(downTo: 25).isEmpty)
    #expect(placement.take(15) == (50, false))
    #expect(placement.take(40) == (0, true))
  }

  @Test func blocksNeverOverlap() {
    var random = RandomSource(seed: 5)
    var placement = BlockPlacement()
    var blocks: [Range<Int>] = []
    for _ in 0..<5000 {
      if blocks.isEmpty || Bool.random(using: &random) {
        let size = Int.random(in: 1...100, using: &random)
        let offset = placement.take(size).offset
        let block = offset..<offset + size
        #expect(block.upperBound <= placement.end)
        #expect(!blocks.contains { $0.overlaps(block) })
        blocks.append(block)
      } else {
        placement.give(blocks.remove(at: Int.random(in: blocks.indices, using: &random)))
      }
      let live = blocks.reduce(0) { $0 + $1.count }
      #expect(placement.idleBytes == placement.end - live)
    }
    // The loop reaches a few hundred blocks; holes may waste some of the range, not most of it.
    for block in blocks { placement.give(block) }
    #expect(placement.take(placement.end) == (0, false))
  }
}
