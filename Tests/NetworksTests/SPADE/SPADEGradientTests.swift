import Layers
import Networks
import TensorCore
import TestSupport
import Testing

@Suite("Gradients of SPADE's networks agree with finite differences")
struct SPADEGradientTests {
  /// Compares the gradients of a network's parameters with central differences, in training mode:
  /// batch statistics and spectral norms take part. The spectral vectors converge first, because
  /// gradients take them for constants.
  private func check(
    _ parameters: [String: Tensor], _ buffers: [String: Tensor], step: Float = 1e-3,
    tolerance: Double = 2e-2, _ function: () -> Tensor
  ) {
    for _ in 0..<60 { withoutRecording { _ = function() } }
    let saved = buffers.mapValues { $0.copied() }
    func restore() {
      for (name, buffer) in buffers {
        guard let value = saved[name] else { continue }
        buffer.pointer.update(from: value.pointer, count: buffer.count)
      }
    }
    let names = parameters.keys.sorted()
    let leaves = names.compactMap { parameters[$0] }
    let result = function()
    let projection = randomTensor(result.shape, seed: 11)
    let computed = gradients(of: result, withRespectTo: leaves, seed: projection)
    let weights = projection.values.map(Double.init)
    var worst = 0.0
    var largest = 0.0
    for (leaf, gradient) in zip(leaves, computed) {
      for element in Set([0, leaf.count / 2, leaf.count - 1]) {
        let original = leaf.pointer[element]
        func value(_ shift: Float) -> Double {
          leaf.pointer[element] = original + shift
          restore()
          let values = withoutRecording { function().values }
          return zip(values, weights).reduce(0) { $0 + Double($1.0) * $1.1 }
        }
        let expected = (value(step) - value(-step)) / (2 * Double(step))
        leaf.pointer[element] = original
        worst = max(worst, abs(expected - Double(gradient.pointer[element])))
        largest = max(largest, abs(expected))
      }
    }
    #expect(largest > 1e-2)
    #expect(worst <= tolerance * largest, "deviation \(worst), largest gradient \(largest)")
  }

  private func table(_ list: [WeightDescription]) -> WeightTable {
    WeightTable(list.randomWeights(seed: 7, gain: 1), isTrainable: true)
  }

  @Test(
    "generators", arguments: [SPADENormalization.Kind.batch, .instance],
    [SPADEConfiguration.Conditioning.spade, .concatenation])
  func generator(kind: SPADENormalization.Kind, conditioning: SPADEConfiguration.Conditioning)
    throws
  {
    let configuration = SPADEConfiguration(
      layoutChannels: 2, filters: 2, hiddenChannels: 3, latentSize: 3, cropSize: 64,
      normalization: SPADENormalization(kind: kind), conditioning: conditioning)
    let network = try SPADEGenerator(
      table(configuration.generatorWeights), prefix: "", configuration: configuration)
    let layout = randomTensor([1, 2, 64, 64], seed: 1).sign().affine(scale: 0.5, shift: 0.5)
    let latent = randomTensor([1, 3], seed: 2)
    check(network.parameters, network.buffers) {
      network(layout, latent: latent, mode: .training).resizedArea(height: 8, width: 8)
    }
  }

  @Test("the discriminator's features")
  func discriminator() throws {
    let network = try PatchDiscriminator(
      table(PatchDiscriminatorConfiguration(inputChannels: 4, filters: 3).weights), prefix: "",
      configuration: PatchDiscriminatorConfiguration(inputChannels: 4, filters: 3))
    let input = randomTensor([2, 4, 16, 16], seed: 1)
    // Steps are short: few pixels at the end make the kinks of the leaky ReLUs steep.
    check(network.parameters, network.buffers, step: 1e-4) {
      .concatenated(
        network(input, mode: .training).flatMap { $0 }.map { $0.reshaped([$0.count]) }, axis: 0)
    }
  }

  @Test("the encoder")
  func encoder() throws {
    let configuration = StyleEncoderConfiguration(filters: 2, latentSize: 3, side: 32)
    let network = try StyleEncoder(
      table(configuration.weights), prefix: "", configuration: configuration)
    let pictures = randomTensor([2, 3, 32, 32], seed: 1)
    let noise = randomTensor([2, 3], seed: 2)
    check(network.parameters, network.buffers) {
      let style = network(pictures, mode: .training)
      return .concatenated(
        [style.sample(noise: noise).reshaped([6]), style.divergence.reshaped([1])], axis: 0)
    }
  }

  @Test("pix2pixHD")
  func pix2pixHD() throws {
    let configuration = Pix2PixHDConfiguration(
      layoutChannels: 3, filters: 2, reductions: 2, residualBlocks: 1, normalization: .batch)
    let network = try Pix2PixHDGenerator(
      table(configuration.generatorWeights), prefix: "", configuration: configuration)
    let layout = randomTensor([2, 3, 16, 16], seed: 1)
    check(network.parameters, network.buffers, step: 1e-4) {
      network(layout, mode: .training).resizedArea(height: 4, width: 4)
    }
  }
}
