import TensorCore

/// A tensor that a network needs: its name, its shape and how it starts.
public struct WeightDescription: Sendable, Equatable {
  /// The values before training.
  public enum Start: Sendable, Equatable {
    /// The same value everywhere.
    case constant(Float)
    /// Normal numbers with standard deviation `gain sqrt(2 / (inputs + outputs))` (Glorot & Bengio
    /// 2010), where both count the kernel's places and the gain is given when weights are made.
    case glorot
    /// Uniform numbers in `+-1 / sqrt(inputs)`, where inputs count the kernel's places.
    case fanIn
    /// A random vector of length 1.
    case direction
  }

  /// The name in a checkpoint.
  public var name: String
  /// The lengths of the axes; outputs come first.
  public var shape: [Int]
  /// The values before training.
  public var start: Start
  /// Whether gradient descent learns it.
  public var role: WeightTable.Role

  /// A description; parameters unless said otherwise.
  public init(
    _ name: String, _ shape: [Int], _ start: Start, role: WeightTable.Role = .parameter
  ) {
    self.name = name
    self.shape = shape
    self.start = start
    self.role = role
  }

  /// Number of elements.
  public var count: Int { shape.reduce(1, *) }

  /// Random values from `random`.
  func tensor(_ random: inout RandomSource, gain: Float) -> Tensor {
    let shape = Shape(shape)
    let places = shape.rank > 2 ? shape.dimensions.dropFirst(2).reduce(1, *) : 1
    let inputs = (shape.rank > 1 ? shape[1] : 1) * places
    switch start {
    case .constant(let value): return Tensor(repeating: value, shape: shape)
    case .glorot:
      let deviation = gain * (2 / Float(inputs + shape[0] * places)).squareRoot()
      return random.normal(shape) * deviation
    case .fanIn:
      let bound = 1 / Float(inputs).squareRoot()
      return random.uniform(shape, from: -bound, to: bound)
    case .direction:
      let values = random.normals(count)
      let length = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return Tensor(values.map { $0 / max(length, 1e-12) }, shape: shape)
    }
  }
}

extension [WeightDescription] {
  /// Random weights to start a training from, under `prefix`; the same for the same seed.
  ///
  /// - Parameter gain: that of `Start.glorot`; SPADE's is 0.02 (SPADE spec 6).
  public func randomWeights(seed: UInt64, prefix: String = "", gain: Float = 0.02) -> [String:
    Tensor]
  {
    var random = RandomSource(seed: seed)
    var weights: [String: Tensor] = [:]
    for description in self {
      weights[prefix + description.name] = description.tensor(&random, gain: gain)
    }
    return weights
  }

  /// Number of weights that gradient descent learns.
  public var parameterCount: Int {
    reduce(0) { $0 + ($1.role == .parameter ? $1.count : 0) }
  }
}
