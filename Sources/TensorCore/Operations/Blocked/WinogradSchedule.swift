import CKernels

/// How the tiles of one image are shared out. The partition depends on the shape only, so results
/// are the same bytes for any number of threads.
struct WinogradSchedule {
  let algorithm: ConvolutionAlgorithm
  let tiles: Int
  /// Tiles that are in the workspace together.
  let group: Int
  /// Groups are independent, each by one thread with all three stages in its own caches; otherwise
  /// all threads work on the same group: first on its input, then each on some of its outputs.
  let groupsAreIndependent: Bool
  /// Blocks of outputs that one thread computes at once, when threads share groups.
  let outputBlocksAtOnce: Int

  /// For a (small) image of `height` x `width` pixels.
  ///
  /// Independent groups read all weights once per group: right while these are small and stay in
  /// the shared cache. Their transformed input should fit into a second-level cache of 1 MiB, in
  /// whole register tiles of 14 rows. Larger weights are read once for as many tiles as leave the
  /// products of two blocks in such a cache, 126 at most.
  init(_ panels: ProductPanels, height: Int, width: Int) {
    algorithm = panels.algorithm
    tiles = algorithm.tiles(height: height, width: width)
    groupsAreIndependent = tiles >= 112 && panels.isPrepared
    outputBlocksAtOnce = panels.outputBlocks >= 8 ? 2 : 1
    let bytesPerTile = algorithm.products * panels.inputBlocks * 64
    let largest: Int
    if groupsAreIndependent {
      largest = (1 << 20) / bytesPerTile >= 56 ? 28 : 14
    } else {
      largest = 126
    }
    let groups = (tiles + largest - 1) / largest
    group = (tiles + groups - 1) / groups
  }

  var groups: Int { (tiles + group - 1) / group }

  func tiles(ofGroup index: Int) -> Range<Int> {
    index * group..<min(tiles, (index + 1) * group)
  }

  /// Ranges of a group whose input is transformed by one thread each; independent groups are one.
  var inputRangesOfGroup: Int {
    groupsAreIndependent ? 1 : (group + inputGrain - 1) / inputGrain
  }

  var inputRanges: Int { groups * inputRangesOfGroup }

  private var inputGrain: Int { max(4, min(16, group / 8)) }

  func tiles(ofInputRange index: Int, of tiles: Range<Int>) -> Range<Int> {
    let begin = min(tiles.upperBound, tiles.lowerBound + index * inputGrain)
    return begin..<min(tiles.upperBound, begin + inputGrain)
  }
}

/// Memory of transformed tiles: `[position][block][tile][16]`, positions an odd number of cache
/// lines apart so that they do not compete for the same cache sets.
struct WinogradWorkspace {
  let storage: Storage
  let blockStride: Int
  let positionStride: Int

  init(positions: Int, blocks: Int, tiles: Int) {
    blockStride = tiles * 16
    positionStride = blocks * blockStride + (blocks * tiles % 2 == 0 ? 16 : 0)
    storage = Storage(count: positions * positionStride)
  }
}
