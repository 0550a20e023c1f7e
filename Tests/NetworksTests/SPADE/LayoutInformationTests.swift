import Layers
import Networks
import TensorCore
import TestSupport
import Testing

/// The paper's figure 3: a layout of one class all over is washed away by instance normalisation,
/// SPADE keeps it.
@Suite("A uniform layout")
struct LayoutInformationTests {
  private func layout(_ label: Int) -> Tensor {
    let map = Tensor.zeros([1, 3, 32, 32])
    for pixel in 0..<32 * 32 { map.pointer[label * 32 * 32 + pixel] = 1 }
    return map
  }

  private func largestDifference(_ a: Tensor, _ b: Tensor) -> Float {
    zip(a.values, b.values).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }

  @Test("looks the same for every label behind convolution and instance normalisation")
  func lostByInstanceNormalization() throws {
    let weight = randomTensor([8, 3, 1, 1], seed: 1)
    let bias = randomTensor([8], seed: 2)
    let results = (0..<3).map { label in
      ChannelNormalization.instance(
        layout(label).convolved(with: weight) + bias.alongChannels(rank: 4), mode: .training)
    }
    #expect(largestDifference(results[0], results[1]) < 1e-3)
    #expect(largestDifference(results[0], results[2]) < 1e-3)
  }

  @Test("keeps its label behind a SPADE layer with the same normalisation")
  func keptBySPADE() throws {
    let configuration = SPADEConfiguration(
      layoutChannels: 3, filters: 2, hiddenChannels: 8, cropSize: 32,
      normalization: SPADENormalization(kind: .instance))
    let generator = try SPADEGenerator(
      WeightTable(configuration.generatorWeights.randomWeights(seed: 3, gain: 1)), prefix: "",
      configuration: configuration)
    guard case .spade(let layer) = generator.blocks[0].norm0 else {
      Issue.record("the first block has no SPADE layer")
      return
    }
    let features = randomTensor([1, 32, 32, 32], seed: 4)
    let results = (0..<3).map {
      layer(features, layout: LayoutPyramid(layout($0)), mode: .training)
    }
    #expect(largestDifference(results[0], results[1]) > 0.5)
    #expect(largestDifference(results[0], results[2]) > 0.5)
    #expect(largestDifference(results[1], results[2]) > 0.5)
  }

  @Test("gives different pictures for different labels")
  func pictures() throws {
    let configuration = SPADEConfiguration(
      layoutChannels: 3, filters: 2, hiddenChannels: 8, latentSize: 4, cropSize: 32)
    let generator = try SPADEGenerator(
      WeightTable(configuration.generatorWeights.randomWeights(seed: 5, gain: 1)), prefix: "",
      configuration: configuration)
    let latent = randomTensor([1, 4], seed: 6)
    let pictures = (0..<2).map { generator(layout($0), latent: latent) }
    #expect(largestDifference(pictures[0], pictures[1]) > 0.05)
  }
}
