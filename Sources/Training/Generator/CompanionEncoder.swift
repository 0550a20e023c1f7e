import Checkpoints
import Layers
import Networks
import Pictures
import TensorCore

/// An encoder that learns along with a paired training: in some steps the latent code of a rendering
/// comes from it instead of the factors, so that the generator learns to draw what is in a picture
/// although no factor tells of it.
final class CompanionEncoder {
  private let encoder: ImageEncoder
  private let parameters: [String: Tensor]
  private let optimizer: AdamOptimizer
  /// The mapping network of the averaged weights, which it shares.
  private let mapping: MappingNetwork
  private let letterbox: Letterbox
  /// Mean and standard deviation of w, `[w]`; codes are counted from the mean.
  private let mean: Tensor
  private let deviation: Tensor
  private static let smallestDeviation: Float = 0.05

  /// - Parameters:
  ///   - weights: `encoder.*` to start from.
  ///   - averages: the averaged weights of the generator, `mapping.*` among them.
  /// - Throws: `TrainingError.model`.
  init(
    weights: [String: Tensor], averages: [String: Tensor], networks: JointNetworks,
    letterbox: Letterbox
  ) throws(TrainingError) {
    let table = WeightTable(weights, isTrainable: true)
    let generator = networks.generator
    self.letterbox = letterbox
    mean = .zeros([generator.synthesis.latentSize])
    deviation = .ones([generator.synthesis.latentSize])
    do throws(ModelError) {
      encoder = try ImageEncoder(
        table, resolution: generator.synthesis.resolution,
        rowCount: generator.synthesis.rowCount, meanLatent: mean)
      mapping = try MappingNetwork(
        WeightTable(averages.filter { $0.key.hasPrefix("mapping.") }), prefix: "mapping.",
        configuration: generator.configuration)
    } catch { throw .model(error) }
    parameters = table.taken(under: "encoder.", role: .parameter)
    optimizer = AdamOptimizer(parameters, beta1: 0.9, beta2: 0.99)
    measure()
  }

  /// What the model's file holds.
  var weights: [String: Tensor] { parameters }

  /// What gradients are asked for, in the order that `update` expects them in.
  var learned: [Tensor] { optimizer.parameters }

  /// Updates made.
  var updates: Int { optimizer.step }

  /// Weights, moments and the statistics of w.
  var stored: [String: Tensor] {
    parameters.merging(optimizer.state) { first, _ in first }
      .merging(["w.mean": mean, "w.deviation": deviation]) { first, _ in first }
  }

  func resume(after updates: Int) { optimizer.resume(after: updates) }

  func update(_ gradients: [Tensor], rate: Float) { optimizer.update(gradients, rate: rate) }

  /// Measures w anew: the mapping network has moved. The encoder's codes stay where they were.
  func rebase() {
    let old = mean.copied()
    measure()
    guard let bias = parameters["encoder.fc1.bias"] else { return }
    for index in 0..<bias.count {
      bias.pointer[index] += old.pointer[index % old.count] - mean.pointer[index % old.count]
    }
  }

  private func measure() {
    withoutRecording {
      var random = RandomSource(seed: 1234)
      let w = mapping(random.normal([2048, mapping.inputSize]))
      let centre = w.mean(axes: [0])
      let spread = (w - centre).squared().mean(axes: [0])
      for index in 0..<mean.count {
        mean.pointer[index] = centre.pointer[index]
        deviation.pointer[index] = max(
          Self.smallestDeviation, spread.pointer[index].squareRoot())
      }
    }
  }

  /// The codes `[N, rows, w]` of renderings, and their smooth distance from those of the factors in
  /// units of the deviation, a scalar.
  ///
  /// - Parameters:
  ///   - pictures: `[N, 3, h, w]`, without the bands of the letterbox.
  ///   - latents: latent vectors of the factors, `[N, inputSize]`.
  func codes(of pictures: Tensor, latents: Tensor) -> (codes: Tensor, distance: Tensor) {
    let area = letterbox.valid
    // Bands are -1, so black; zeros are padded around pictures that begin at 0.
    let framed =
      (pictures + 1)
      .padded(before: area.top, after: letterbox.side - area.top - area.height, axis: 2)
      .padded(before: area.left, after: letterbox.side - area.left - area.width, axis: 3) - 1
    let codes = encoder(framed)
    let known = withoutRecording { mapping(latents) }
    let rows = known.reshaped([known.shape[0], 1, known.shape[1]])
    let difference = ((codes - rows) / deviation).absolute()
    // Half the square up to 1, then the absolute value less a half.
    let near = difference.clamped(to: 0...1)
    let distance = near.squared() * 0.5 + (difference - near)
    return (codes, distance.mean())
  }
}
