import TensorCore
import TestSupport
import Testing

/// A map of symbols with two flags for the kinds of layout that people draw.
struct LabelledMap: CustomTestStringConvertible, Sendable {
  var name: String
  var height: Int
  var width: Int
  var label: @Sendable (_ x: Int, _ y: Int) -> Int32

  var testDescription: String { "\(name) \(height)x\(width)" }

  /// Classes 0..<5 and, behind them, an edge channel.
  static let symbols: [[Int]] = [[0], [1], [2], [3], [4], [0, 5], [3, 5]]

  var map: [Int32] {
    (0..<height * width).map { label($0 % width, $0 / width) }
  }

  func patches(kernel: Int) -> LabelPatches {
    LabelPatches(map: map, height: height, width: width, symbols: Self.symbols, kernel: kernel)
  }

  /// The channels as planes, `[1, 6, H, W]`.
  var planes: Tensor {
    let result = Tensor.zeros([1, 6, height, width])
    for (pixel, symbol) in map.enumerated() {
      for channel in Self.symbols[Int(symbol)] {
        result.pointer[channel * height * width + pixel] = 1
      }
    }
    return result
  }

  static let all = [
    LabelledMap(name: "uniform", height: 9, width: 12) { _, _ in 3 },
    LabelledMap(name: "halves", height: 12, width: 8) { x, _ in x < 3 ? 0 : 4 },
    LabelledMap(name: "thin lines", height: 16, width: 18) { x, y in
      x == 7 ? 2 : y == 4 ? 6 : (x == y ? 5 : 1)
    },
    LabelledMap(name: "noise", height: 10, width: 14) { x, y in noise(x, y) },
    LabelledMap(name: "noise in strips", height: 68, width: 61) { x, y in noise(x, y) },
    LabelledMap(name: "one pixel", height: 1, width: 1) { _, _ in 4 },
  ]

  private static func noise(_ x: Int, _ y: Int) -> Int32 {
    var random = RandomSource(seed: UInt64(1000 * y + x))
    return Int32(random.next() % 7)
  }
}

@Suite("Neighbourhoods of labels are counted once")
struct LabelPatchesTests {
  @Test func aUniformMapHasOneInsideAndItsBorders() {
    let patches = LabelledMap.all[0].patches(kernel: 3)
    #expect(patches.innerCount == 9)
    #expect(patches.outerCount == 25)
  }

  @Test(arguments: LabelledMap.all, [1, 3, 5])
  func equalNumbersMeanEqualNeighbourhoods(_ map: LabelledMap, kernel: Int) {
    func distinct(radius: Int) -> Int {
      var seen: Set<[Int32]> = []
      for y in 0..<map.height {
        for x in 0..<map.width {
          var window: [Int32] = []
          for row in y - radius...y + radius {
            for column in x - radius...x + radius {
              let isInside =
                row >= 0 && row < map.height && column >= 0 && column < map.width
              window.append(isInside ? map.label(column, row) : -1)
            }
          }
          seen.insert(window)
        }
      }
      return seen.count
    }
    let patches = map.patches(kernel: kernel)
    #expect(patches.innerCount == distinct(radius: kernel / 2))
    #expect(patches.outerCount == distinct(radius: kernel - 1))
  }
}

@Suite("Modulation by labels agrees with convolutions of the one-hot map")
struct LabelModulationTests {
  private let channels = 20
  private let hidden = 24

  private struct Weights {
    var (shared, sharedBias): (Tensor, Tensor)
    var (scale, scaleBias): (Tensor, Tensor)
    var (shift, shiftBias): (Tensor, Tensor)

    init(channels: Int, hidden: Int, kernel: Int) {
      let size = Float(hidden * kernel * kernel).squareRoot()
      shared = randomTensor([hidden, 6, kernel, kernel], seed: 1)
      sharedBias = randomTensor([hidden], seed: 2)
      scale = randomTensor([channels, hidden, kernel, kernel], seed: 3) * (1 / size)
      scaleBias = randomTensor([channels], seed: 4)
      shift = randomTensor([channels, hidden, kernel, kernel], seed: 5) * (1 / size)
      shiftBias = randomTensor([channels], seed: 6)
    }

    var modulation: LabelModulation {
      LabelModulation(
        lookup: LabelLookup(weight: shared, bias: sharedBias), scale: (scale, scaleBias),
        shift: (shift, shiftBias))
    }

    func hidden(_ map: LabelledMap) -> Tensor {
      map.planes.convolved(with: shared, padding: shared.shape[2] / 2)
        + sharedBias.reshaped([1, sharedBias.count, 1, 1])
    }

    func modulated(_ x: Tensor, _ map: LabelledMap) -> Tensor {
      let hidden = hidden(map).rectified()
      let count = scaleBias.count
      func convolved(_ weight: Tensor, _ bias: Tensor) -> Tensor {
        hidden.convolved(with: weight, padding: weight.shape[2] / 2)
          + bias.reshaped([1, count, 1, 1])
      }
      return x * convolved(scale, scaleBias) + convolved(shift, shiftBias)
    }
  }

  @Test(arguments: LabelledMap.all, [1, 3, 5])
  func lookupIsTheConvolution(_ map: LabelledMap, kernel: Int) {
    let weights = Weights(channels: channels, hidden: hidden, kernel: kernel)
    let lookup = LabelLookup(weight: weights.shared, bias: weights.sharedBias)
    for set in InstructionSet.allCases {
      withSettings(instructionSet: set) {
        let found = lookup.convolved(map.patches(kernel: kernel)).unblocked(channels: hidden)
        expectClose(found, weights.hidden(map), relativeToMax: 1e-6, "\(set)")
      }
    }
  }

  @Test(arguments: LabelledMap.all, [1, 3, 5])
  func storedStatistics(_ map: LabelledMap, kernel: Int) {
    let weights = Weights(channels: channels, hidden: hidden, kernel: kernel)
    let x = randomTensor([1, channels, map.height, map.width], seed: 7)
    let mean = randomTensor([channels], seed: 8)
    let variance = randomTensor([channels], seed: 9).squared() + 0.1
    let normalized =
      (x - mean.reshaped([1, channels, 1, 1]))
      * (variance + 1e-5).reciprocalSquareRoot().reshaped([1, channels, 1, 1])
    let expected = weights.modulated(normalized, map).leakyReLU(slope: 0.2)
    let modulation = weights.modulation
    for set in InstructionSet.allCases {
      withSettings(instructionSet: set) {
        let image = ModulatedImage(
          x.blocked(), normalizer: .init(mean: mean, variance: variance, epsilon: 1e-5),
          modulation: modulation, patches: map.patches(kernel: kernel), slope: 0.2)
        let found = image.tensor().unblocked(channels: channels)
        expectClose(found, expected, relativeToMax: 3e-6, "\(set)")
        #expect(
          image.tensor(reusingMemory: true).unblocked(channels: channels).values == found.values)
      }
    }
  }

  @Test func measuredStatisticsBeforeEnlarging() {
    let map = LabelledMap.all[2]
    let weights = Weights(channels: channels, hidden: hidden, kernel: 3)
    let x = randomTensor([1, channels, map.height / 2, map.width / 2], seed: 10) * 3 + 1
    let large = x.resizedNearest(height: map.height, width: map.width)
    let centred = large - large.mean(axes: [2, 3], keepingAxes: true)
    let normalized =
      centred
      * (centred.squared().mean(axes: [2, 3], keepingAxes: true) + 1e-5)
      .reciprocalSquareRoot()
    let blocked = x.blocked()
    let found = ModulatedImage(
      blocked, normalizer: .init(measuring: blocked, epsilon: 1e-5),
      modulation: weights.modulation, patches: map.patches(kernel: 3), slope: 1
    ).tensor().unblocked(channels: channels)
    expectClose(found, weights.modulated(normalized, map), relativeToMax: 2e-6)
  }

  @Test(arguments: LabelledMap.all)
  func productIsAddedAndActivated(_ map: LabelledMap) {
    let weights = Weights(channels: channels, hidden: hidden, kernel: 3)
    let x = randomTensor([1, channels, map.height, map.width], seed: 11)
    let pointwise = randomTensor([40, channels, 1, 1], seed: 12) * 0.2
    let target = randomTensor([1, 40, map.height, map.width], seed: 13)
    let expected =
      (target + weights.modulated(x, map).convolved(with: pointwise)).leakyReLU(slope: 0.2)
    let sum = target.blocked()
    ModulatedImage(
      x.blocked(),
      normalizer: .init(mean: .zeros([channels]), variance: .ones([channels]), epsilon: 0),
      modulation: weights.modulation, patches: map.patches(kernel: 3), slope: 1
    ).addProduct(with: FrozenWeights(pointwise), to: sum, slope: 0.2)
    expectClose(sum.unblocked(channels: 40), expected, relativeToMax: 3e-6)
  }

  @Test func enlargedImagesAreAdded() {
    let (small, large) = (
      randomTensor([1, 20, 3, 5], seed: 1), randomTensor([1, 20, 6, 10], seed: 2)
    )
    let sum = large.blocked()
    sum.addInPlace(enlarging: small.blocked())
    let expected = large + small.resizedNearest(height: 6, width: 10)
    #expect(sum.unblocked(channels: 20).values == expected.values)
  }
}

@Suite("Sealed weights")
struct SealedWeightsTests {
  @Test func patchesGiveTheWeightsBack() {
    let weight = randomTensor([20, 18, 3, 3], seed: 1)
    let frozen = FrozenWeights(weight)
    frozen.seal(for: .patches)
    #expect(frozen.weight.values == weight.values)
  }

  @Test func everyAlgorithmWorksAfterSealing() {
    let weight = randomTensor([20, 18, 3, 3], seed: 1)
    let x = randomTensor([1, 18, 16, 16], seed: 2).blocked()
    let expected = x.convolved(withFrozen: FrozenWeights(weight), algorithm: .winograd4)
    for algorithm in [ConvolutionAlgorithm.patches, .winograd4] {
      let frozen = FrozenWeights(weight)
      frozen.seal(for: algorithm)
      #expect(
        x.convolved(withFrozen: frozen, algorithm: .winograd4).values == expected.values)
    }
  }

  @Test func readingTapsKeepsNoCopy() {
    let weight = randomTensor([32, 48, 3, 3], seed: 1)
    let frozen = FrozenWeights(weight, readingTaps: true)
    let x = randomTensor([1, 48, 16, 16], seed: 2).blocked().copied(requiresGradient: true)
    for algorithm in [ConvolutionAlgorithm.winograd2, .winograd4] {
      let y = x.convolved(withFrozen: frozen, algorithm: algorithm)
      _ = gradients(of: y.squared().sum(), withRespectTo: [x])
    }
    frozen.seal(for: .winograd4)
    #expect(frozen.preparedCount == 0)
    #expect(frozen.weight.storage === weight.storage)
  }

  @Test func aSealedFormIsTheOnlyOne() {
    weak var original: Storage?
    let frozen: FrozenWeights
    do {
      let weight = randomTensor([32, 48, 3, 3], seed: 1)
      original = weight.storage
      frozen = FrozenWeights(weight)
      frozen.seal(for: .winograd4)
    }
    #expect(original == nil)
    #expect(frozen.preparedCount == 36 * 32 * 48)
  }

  @Test func gradientCopiesOfPointwiseWeightsComeAndGo() {
    let weight = randomTensor([40, 20, 1, 1], seed: 1)
    let frozen = FrozenWeights(weight, gain: 0.5)
    frozen.seal(for: .patches)
    let forward = frozen.preparedCount
    let slope = BlockedPixels(randomTensor([1, 40, 3, 5], seed: 2).blocked())
    let expected =
      slope.tensor.unblocked(channels: 40).reshaped([40, 15])
      .transposed().matrixProduct(weight.reshaped([40, 20])) * 0.5
    for _ in 0..<2 {
      frozen.prepareForPixels(transposed: true)
      #expect(frozen.preparedCount == 2 * forward)
      let result = BlockedPixels(blocks: 2, rows: 3, columns: 5)
      result.setProduct(
        of: slope, blocks: 0..<3, with: frozen, transposed: true, results: 0..<2, at: 0,
        pixels: 0..<15, from: 0)
      let found = result.tensor.unblocked(channels: 20).reshaped([20, 15]).transposed()
      expectClose(found, expected, relativeToMax: 1e-6)
      frozen.releaseGradientCopy()
      #expect(frozen.preparedCount == forward)
    }
  }
}
