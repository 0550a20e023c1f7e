/// Where blocks lie in one long range of offsets, without any memory of its own: a block goes into
/// the smallest hole that it fits into, holes that touch become one, and the range grows at its end
/// when no hole is large enough.
///
/// So memory that blocks of some sizes left behind serves blocks of other sizes.
struct BlockPlacement {
  private struct Hole {
    var range: Range<Int>
    /// The most bytes of the hole that the system has given memory for.
    var residentBytes: Int
  }

  /// By rising offset, never touching.
  private var holes: [Hole] = []
  /// Behind the last byte that was ever in use.
  private(set) var end = 0
  /// The most bytes of holes that the system has given memory for.
  private(set) var idleBytes = 0

  /// The offset of a new block, and whether the system must give memory for some of it.
  mutating func take(_ size: Int) -> (offset: Int, needsMemory: Bool) {
    let fitting = holes.indices.filter { holes[$0].range.count >= size }
    guard let index = fitting.min(by: { holes[$0].range.count < holes[$1].range.count }) else {
      return (grow(by: size), true)
    }
    let hole = holes[index]
    let offset = hole.range.lowerBound
    let rest = offset + size..<hole.range.upperBound
    let resident = min(hole.residentBytes, rest.count)
    idleBytes -= hole.residentBytes - resident
    if rest.isEmpty {
      holes.remove(at: index)
    } else {
      holes[index] = Hole(range: rest, residentBytes: resident)
    }
    return (offset, hole.residentBytes < size)
  }

  private mutating func grow(by size: Int) -> Int {
    var offset = end
    if let last = holes.last, last.range.upperBound == end {
      holes.removeLast()
      idleBytes -= last.residentBytes
      offset = last.range.lowerBound
    }
    end = offset + size
    return offset
  }

  /// Makes a hole of a block.
  mutating func give(_ block: Range<Int>) {
    var (low, high) = (0, holes.count)
    while low < high {
      let middle = (low + high) / 2
      if holes[middle].range.lowerBound < block.lowerBound {
        low = middle + 1
      } else {
        high = middle
      }
    }
    var hole = Hole(range: block, residentBytes: block.count)
    idleBytes += block.count
    if low < holes.count, holes[low].range.lowerBound == block.upperBound {
      hole.range = hole.range.lowerBound..<holes[low].range.upperBound
      hole.residentBytes += holes[low].residentBytes
      holes.remove(at: low)
    }
    if low > 0, holes[low - 1].range.upperBound == block.lowerBound {
      holes[low - 1].range = holes[low - 1].range.lowerBound..<hole.range.upperBound
      holes[low - 1].residentBytes += hole.residentBytes
    } else {
      holes.insert(hole, at: low)
    }
  }

  /// The holes, largest first, whose memory must go back to the system so that no more than
  /// `idleBytes` are kept; they count as returned.
  mutating func empty(downTo limit: Int) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    while idleBytes > max(limit, 0),
      let index = holes.indices.max(by: { holes[$0].residentBytes < holes[$1].residentBytes })
    {
      idleBytes -= holes[index].residentBytes
      holes[index].residentBytes = 0
      ranges.append(holes[index].range)
    }
    return ranges
  }
}
