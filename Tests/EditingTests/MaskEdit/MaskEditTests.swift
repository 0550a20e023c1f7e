import Editing
import Pictures
import Testing

/// A 20x20 mask: background 0, a face of class 1, a mouth of class 2.
private func face(mouth: ClosedRange<Int>) -> LabelMap {
  var labels = [UInt8](repeating: 0, count: 400)
  for y in 2..<18 { for x in 2..<18 { labels[y * 20 + x] = 1 } }
  for x in mouth { labels[12 * 20 + x] = 2 }
  return LabelMap(width: 20, height: 20, labels: labels)
}

@Suite("Mask edits")
struct MaskEditTests {
  @Test func theRegionIsTheRepaintedPixelsAndTheAffectedClassesDilated() throws {
    let edit = try MaskEdit(from: face(mouth: 8...11), to: face(mouth: 6...11), dilation: 0)
    // The mouth grows by half; the face loses two pixels of 252 and is not affected.
    #expect(edit.classes == [2])
    let expected = Set((6...11).map { 12 * 20 + $0 })
    #expect(Set(edit.region.bits.indices.filter { edit.region.bits[$0] }) == expected)
    let dilated = try MaskEdit(from: face(mouth: 8...11), to: face(mouth: 6...11), dilation: 2)
    #expect(dilated.region.bits[10 * 20 + 8])
    #expect(!dilated.region.bits[9 * 20 + 8])
    #expect(dilated.region.bits[12 * 20 + 4] && !dilated.region.bits[12 * 20 + 3])
  }

  @Test func classesCanBeNamed() throws {
    let edit = try MaskEdit(
      from: face(mouth: 8...11), to: face(mouth: 6...11), classes: [1], dilation: 0)
    #expect(edit.classes == [1])
    #expect(edit.region.bits[2 * 20 + 2])
  }

  @Test func anUnchangedMaskIsAnError() {
    #expect(throws: EditingError.nothingPainted) {
      try MaskEdit(from: face(mouth: 8...11), to: face(mouth: 8...11))
    }
  }
}
