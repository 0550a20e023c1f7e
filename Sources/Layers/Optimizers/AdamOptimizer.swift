import TensorCore

/// Adam (Kingma & Ba 2015) on a set of named parameters, which it changes in place.
public final class AdamOptimizer {
  /// Names of the parameters, sorted.
  public let names: [String]
  /// The parameters, in the order of `names`.
  public let parameters: [Tensor]
  /// Decay of the running mean of gradients.
  public let beta1: Float
  /// Decay of the running mean of their squares.
  public let beta2: Float
  /// Added to the root of the second moment.
  public let epsilon: Float
  /// Updates made.
  public private(set) var step = 0
  private var moments: [AdamMoments]

  /// An optimiser whose moments are zero.
  public init(
    _ parameters: [String: Tensor], beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8
  ) {
    let sorted = parameters.sorted { $0.key < $1.key }
    names = sorted.map(\.key)
    self.parameters = sorted.map(\.value)
    moments = sorted.map { AdamMoments(shape: $0.value.shape) }
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
  }

  /// Changes every parameter by one step.
  ///
  /// - Parameters:
  ///   - gradients: one for each parameter, in the order of `names`.
  ///   - rate: the learning rate of this step.
  public func update(_ gradients: [Tensor], rate: Float) {
    check(
      gradients.count == parameters.count,
      "Adam: \(gradients.count) gradients for \(parameters.count) parameters")
    step += 1
    for (index, parameter) in parameters.enumerated() {
      moments[index].update(
        parameter, gradient: gradients[index], rate: rate, beta1: beta1, beta2: beta2,
        epsilon: epsilon, step: step)
    }
  }

  /// The moments as named tensors, `first.NAME` and `second.NAME`, to be stored. They share their
  /// elements with the optimiser.
  public var state: [String: Tensor] {
    var state: [String: Tensor] = [:]
    for (name, moments) in zip(names, moments) {
      state["first.\(name)"] = moments.first
      state["second.\(name)"] = moments.second
    }
    return state
  }

  /// Goes on behind `step` updates; the moments are restored by writing into the tensors of `state`.
  public func resume(after step: Int) {
    check(step >= 0, "Adam: resume after step \(step)")
    self.step = step
  }
}
