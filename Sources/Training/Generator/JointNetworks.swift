import Layers
import Networks
import TensorCore

/// A generator and its segmentation branch, which share their weights with the table they were made
/// from.
final class JointNetworks {
  let generator: Generator
  let branch: TrainableBranch
  private let isTrainable: Bool
  private var limited: [Int: SynthesisNetwork] = [:]

  /// - Throws: `TrainingError.model` for weights that do not make both networks.
  init(
    _ weights: [String: Tensor], configuration: StyleGAN2Configuration, isTrainable: Bool
  ) throws(TrainingError) {
    self.isTrainable = isTrainable
    let table = WeightTable(weights, isTrainable: isTrainable)
    do throws(ModelError) {
      generator = try Generator(table, configuration: configuration)
      branch = try TrainableBranch(
        table, channels: generator.synthesis.layers.map(\.channels))
    } catch { throw .model(error) }
  }

  /// What is learned: noise stays out, since renderings tell everything that is seen.
  var parameters: [String: Tensor] {
    generator.parameters.filter { !$0.key.hasSuffix(".noise_strength") }
      .merging(branch.parameters) { first, _ in first }
  }

  /// All tensors of both networks.
  var all: [String: Tensor] {
    generator.parameters.merging(branch.parameters) { first, _ in first }
      .merging(generator.buffers) { first, _ in first }
  }

  /// The synthesis network up to a resolution.
  func synthesis(at resolution: Int) -> SynthesisNetwork {
    if let network = limited[resolution] { return network }
    var network = generator.synthesis.limited(to: resolution)
    if isTrainable, let pass = LearnedSynthesis(network) { network.pass = pass }
    limited[resolution] = network
    return network
  }

  /// Pictures and features of w `[N, w]` at a resolution, without noise.
  func draw(_ w: Tensor, at resolution: Int) -> SynthesisOutput {
    let network = synthesis(at: resolution)
    return network(
      generator.mapping.wPlus(w, rowCount: network.rowCount), noise: .none, features: .layers)
  }
}

/// Adam for parts of a network that learn at rates of their own and not at every step: moments of
/// parts that a step does not use stay as they are.
final class PartwiseOptimizer {
  private struct Part {
    let optimizer: AdamOptimizer
    let relativeRate: Float
  }
  private var parts: [String: Part] = [:]

  /// Adds a part.
  func add(
    _ name: String, _ parameters: [String: Tensor], relativeRate: Float, beta1: Float = 0.9,
    beta2: Float = 0.99
  ) {
    check(!parameters.isEmpty && parts[name] == nil, "partwise optimizer: part \(name)")
    parts[name] = Part(
      optimizer: AdamOptimizer(parameters, beta1: beta1, beta2: beta2),
      relativeRate: relativeRate)
  }

  private func optimizer(_ name: String) -> Part {
    guard let part = parts[name] else { fatalError("partwise optimizer: no part \(name)") }
    return part
  }

  /// The parameters of some parts, in the order that `update` expects gradients in.
  func parameters(of names: [String]) -> [Tensor] {
    names.flatMap { optimizer($0).optimizer.parameters }
  }

  /// The names of these parameters.
  func parameterNames(of names: [String]) -> [String] {
    names.flatMap { optimizer($0).optimizer.names }
  }

  /// Changes some parts by one step.
  func update(_ names: [String], _ gradients: [Tensor], rate: Float) {
    var first = 0
    for name in names {
      let part = optimizer(name)
      let count = part.optimizer.parameters.count
      part.optimizer.update(
        Array(gradients[first..<first + count]), rate: rate * part.relativeRate)
      first += count
    }
  }

  /// The moments, to be stored and restored.
  var state: [String: Tensor] {
    var state: [String: Tensor] = [:]
    for part in parts.values { state.merge(part.optimizer.state) { first, _ in first } }
    return state
  }

  /// Updates of each part.
  var steps: [String: Int] {
    get { parts.mapValues(\.optimizer.step) }
    set { for (name, step) in newValue { parts[name]?.optimizer.resume(after: step) } }
  }
}
