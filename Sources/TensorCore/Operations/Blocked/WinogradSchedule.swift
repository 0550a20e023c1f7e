import CKernels

/// How the tiles of one image are shared out. The partition depends on the shape only, so results
/// are the same bytes for any number of threads.
struct WinogradSchedule {
  let algorithm: ConvolutionAlgorithm
  let tiles: Int
  /// Tiles that are in the workspace together.
  let group: Int
  /// Groups are independent, each by one thread with all three stages in its own caches; otherwise
  /// all threads work on the same group, stage by stage.
  let groupsAreIndependent: Bool

  /// For a (small) image of `height` x `width` pixels.
  ///
  /// Independent groups read all weights once per group: right while these stay in the shared
  /// cache (10 MiB are assumed). Their transformed input should fit into a second-level cache of
  /// 1 MiB, in whole register tiles of 14 rows. Larger weights are read once for as many tiles as
  /// 24 MiB of workspace hold, 256 at most.
  init(_ algorithm: ConvolutionAlgorithm, height: Int, width: Int, depth: Int, outputs: Int) {
    self.algorithm = algorithm
    tiles = algorithm.tiles(height: height, width: width)
    let weightBytes = algorithm.matrices * depth * outputs * 4
    groupsAreIndependent = tiles >= 112 && weightBytes <= 10 << 20
    let bytesPerTile = algorithm.products * depth * 4
    let largest: Int
    if groupsAreIndependent {
      largest = (1 << 20) / bytesPerTile >= 56 ? 28 : 14
    } else {
      let room = (24 << 20) / (algorithm.products * (depth + outputs) * 4)
      largest = min(256, max(56, room))
    }
    let groups = (tiles + largest - 1) / largest
    group = (tiles + groups - 1) / groups
  }

  var groups: Int { (tiles + group - 1) / group }

  func tiles(ofGroup index: Int) -> Range<Int> {
    index * group..<min(tiles, (index + 1) * group)
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
