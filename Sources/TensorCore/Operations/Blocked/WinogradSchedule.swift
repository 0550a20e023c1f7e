import CKernels

/// How the tiles of one image are shared out. The partition depends on the shape only, so results
/// are the same bytes for any number of threads.
struct WinogradSchedule {
  let algorithm: ConvolutionAlgorithm
  let tiles: Int
  /// Tiles that are in the workspace together.
  let group: Int
  /// Groups are independent, each by one thread with all three stages in its second-level cache;
  /// otherwise all threads work on the same group, stage by stage.
  let groupsAreIndependent: Bool

  /// Independent groups read all weights once per group: right while these stay in the shared
  /// cache. Larger weights are read once for up to 256 tiles.
  init(_ algorithm: ConvolutionAlgorithm, height: Int, width: Int, depth: Int, outputs: Int) {
    self.algorithm = algorithm
    let size = algorithm.tileSize
    tiles = ((height + size - 1) / size) * ((width + size - 1) / size)
    let weightBytes = algorithm.positions * depth * outputs * 4
    groupsAreIndependent = tiles >= 112 && weightBytes <= 10 << 20
    let largest = groupsAreIndependent ? (depth >= 128 ? 14 : 28) : 256
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
