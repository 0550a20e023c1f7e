import TensorCore

/// The weights of an ensemble of pixel classifiers, ready to be multiplied with blocked pixels.
///
/// The members' hidden units stand side by side, each member's filled up to whole blocks of 16. The
/// last layer of all members is one matrix that gives the mean of their class scores.
struct EnsembleWeights {
  /// The first layers on all feature maps of one resolution.
  struct Level {
    /// Side of the feature maps.
    let side: Int
    /// Which feature maps these are, and the block where each begins.
    let maps: [(index: Int, firstBlock: Int)]
    /// Blocks of all these feature maps together.
    let blocks: Int
    /// `[hidden units, channels, 1, 1]`, both filled up.
    let weights: FrozenWeights
  }

  /// One level for each resolution, in rising order.
  let levels: [Level]
  /// Members of the ensemble.
  let memberCount: Int
  /// Blocks of a member's first hidden layer.
  let firstBlocks: Int
  /// Bias of the first layers, filled up.
  let firstBias: Tensor
  /// Each member's second layer.
  let second: [FrozenWeights]
  /// Blocks of a member's second hidden layer.
  let secondBlocks: Int
  /// Bias of the second layers, filled up.
  let secondBias: Tensor
  /// The mean of all third layers, `[K, second hidden units, 1, 1]`.
  let third: FrozenWeights
  /// The mean of their biases, `[K, 1]`.
  let thirdBias: Tensor

  /// Arranges the weights of `members` for feature maps of these channels and sides.
  init(_ members: [SegmentationBranch.Member], channels: [Int], sides: [Int]) {
    let hidden = members[0].first.weight.shape[0]
    let secondHidden = members[0].second.weight.shape[0]
    let classCount = members[0].third.weight.shape[0]
    memberCount = members.count
    firstBlocks = Self.blocks(hidden)
    secondBlocks = Self.blocks(secondHidden)
    let starts = channels.indices.map { channels[..<$0].reduce(0, +) }
    let (firstUnits, secondUnits) = (firstBlocks * 16, secondBlocks * 16)
    levels = Set(sides).sorted().map { side in
      var maps: [(index: Int, firstBlock: Int)] = []
      var blocks = 0
      for index in channels.indices where sides[index] == side {
        maps.append((index, blocks))
        blocks += Self.blocks(channels[index])
      }
      let weights = Tensor.zeros([members.count * firstUnits, blocks * 16, 1, 1])
      for (m, member) in members.enumerated() {
        let from = member.first.weight
        for unit in 0..<hidden {
          let row = weights.pointer + (m * firstUnits + unit) * blocks * 16
          for map in maps {
            (row + map.firstBlock * 16).update(
              from: from.pointer + unit * from.shape[1] + starts[map.index],
              count: channels[map.index])
          }
        }
      }
      return Level(side: side, maps: maps, blocks: blocks, weights: Self.sealed(weights))
    }
    firstBias = Self.filled(members.map(\.first.bias), to: firstUnits)
    secondBias = Self.filled(members.map(\.second.bias), to: secondUnits)
    second = members.map { member in
      let weights = Tensor.zeros([secondUnits, firstUnits, 1, 1])
      for unit in 0..<secondHidden {
        (weights.pointer + unit * firstUnits).update(
          from: member.second.weight.pointer + unit * hidden, count: hidden)
      }
      return Self.sealed(weights)
    }
    let third = Tensor.zeros([classCount, members.count * secondUnits, 1, 1])
    let thirdBias = Tensor.zeros([classCount, 1])
    let share = 1 / Float(members.count)
    for (m, member) in members.enumerated() {
      for k in 0..<classCount {
        thirdBias.pointer[k] += share * member.third.bias.pointer[k]
        for unit in 0..<secondHidden {
          third.pointer[(k * members.count + m) * secondUnits + unit] =
            share * member.third.weight.pointer[k * secondHidden + unit]
        }
      }
    }
    self.third = Self.sealed(third)
    self.thirdBias = thirdBias
    for weights in second + [self.third] { weights.prepareForPixels(transposed: true) }
  }

  /// Blocks of the first hidden layers of all members.
  var hiddenBlocks: Int { memberCount * firstBlocks }

  private static func sealed(_ weights: Tensor) -> FrozenWeights {
    let frozen = FrozenWeights(weights)
    frozen.seal(for: .patches)
    return frozen
  }

  private static func blocks(_ channels: Int) -> Int { (channels + 15) / 16 }

  private static func filled(_ biases: [Tensor], to count: Int) -> Tensor {
    let result = Tensor.zeros([biases.count * count])
    for (index, bias) in biases.enumerated() {
      (result.pointer + index * count).update(from: bias.pointer, count: bias.count)
    }
    return result
  }
}
