import Checkpoints
import TensorCore

/// Named weights from which networks are built. It remembers what was taken, so that a tensor that
/// no network wants is noticed.
public final class WeightTable {
  /// What a tensor is for.
  public enum Role: Sendable {
    /// Learned by gradient descent.
    case parameter
    /// Kept with the parameters, never learned by gradient descent.
    case buffer
  }

  /// Where the weights come from, for messages.
  public let path: String
  /// Whether parameters are handed out as leaves that track gradients.
  public let isTrainable: Bool
  private let stored: [String: CheckpointTensor]
  private let given: [String: Tensor]
  private let made: (shapes: [String: [Int]], make: (String) -> Tensor)?
  private var taken: [String: (tensor: Tensor, role: Role)] = [:]
  private var passed: Set<String> = []

  /// The tensors of a checkpoint.
  public init(_ tensors: [String: CheckpointTensor], path: String, isTrainable: Bool = false) {
    stored = tensors
    given = [:]
    made = nil
    self.path = path
    self.isTrainable = isTrainable
  }

  /// The tensors of a file.
  public convenience init(_ file: SafetensorsFile, isTrainable: Bool = false) {
    self.init(file.tensors, path: file.path, isTrainable: isTrainable)
  }

  /// Tensors in memory. Networks share their elements, so a change in place (an optimiser's step)
  /// is seen on both sides.
  public init(_ tensors: [String: Tensor], path: String = "memory", isTrainable: Bool = false) {
    stored = [:]
    given = tensors
    made = nil
    self.path = path
    self.isTrainable = isTrainable
  }

  /// Tensors that `make` gives for a name when they are taken, not before: large random models.
  public init(
    shapes: [String: [Int]], path: String = "memory", make: @escaping (String) -> Tensor
  ) {
    stored = [:]
    given = [:]
    made = (shapes, make)
    self.path = path
    isTrainable = false
  }

  /// The names of all tensors, sorted.
  public var names: [String] {
    (Array(stored.keys) + Array(given.keys) + (made.map { Array($0.shapes.keys) } ?? [])).sorted()
  }

  /// The shape of a tensor, nil when there is none of this name.
  public func shape(of name: String) -> [Int]? {
    stored[name]?.shape ?? given[name]?.shape.dimensions ?? made?.shapes[name]
  }

  /// Takes a tensor; nil sizes of `shape` may be anything.
  ///
  /// - Throws: `ModelError` when it is missing, has another shape, cannot be converted or holds a
  ///   value that is not finite.
  public func tensor(_ name: String, shape: [Int?], role: Role = .parameter) throws(ModelError)
    -> Tensor
  {
    guard let actual = self.shape(of: name) else {
      throw .missingTensor(path: path, name: name, expected: shape)
    }
    guard
      actual.count == shape.count,
      zip(actual, shape).allSatisfy({ size, expected in expected == nil || size == expected })
    else {
      throw .wrongShape(path: path, name: name, expected: shape, actual: actual)
    }
    if let earlier = taken[name] { return earlier.tensor }
    let tensor = try loaded(name, shape: actual, tracking: isTrainable && role == .parameter)
    taken[name] = (tensor, role)
    return tensor
  }

  /// Takes a tensor as `tensor(_:shape:role:)` does but does not keep it: for weights that are
  /// brought into another form at once, so that a large model is never in memory twice.
  public func transient(_ name: String, shape: [Int?]) throws(ModelError) -> Tensor {
    let isNew = taken[name] == nil
    let tensor = try tensor(name, shape: shape, role: .buffer)
    if isNew { taken[name] = nil }
    stored[name]?.releasePages()
    passed.insert(name)
    return tensor
  }

  /// The tensors taken so far whose names begin with `prefix`, by name.
  public func taken(under prefix: String, role: Role) -> [String: Tensor] {
    taken.filter { $0.key.hasPrefix(prefix) && $0.value.role == role }.mapValues(\.tensor)
  }

  /// The names under `prefix` that nobody took, sorted.
  public func remaining(under prefix: String = "") -> [String] {
    names.filter { $0.hasPrefix(prefix) && taken[$0] == nil && !passed.contains($0) }
  }

  /// Makes sure that every tensor under `prefix` was taken, except those under one of `others`.
  ///
  /// - Throws: `ModelError.surplusTensors`.
  public func requireNothingRemains(
    under prefix: String = "", outside others: [String] = []
  ) throws(ModelError) {
    let names = remaining(under: prefix).filter { name in
      !others.contains { name.hasPrefix($0) }
    }
    if !names.isEmpty { throw .surplusTensors(path: path, names: names) }
  }

  private func loaded(_ name: String, shape: [Int], tracking: Bool) throws(ModelError) -> Tensor {
    let tensor: Tensor
    if let given = given[name] {
      tensor = given.detached(requiresGradient: tracking)
    } else if let made {
      tensor = made.make(name)
    } else {
      tensor = try converted(name, shape: shape, tracking: tracking)
    }
    if let element = (0..<tensor.count).first(where: { !tensor.pointer[$0].isFinite }) {
      throw .notFinite(path: path, name: name, element: element)
    }
    return tensor
  }

  private func converted(_ name: String, shape: [Int], tracking: Bool) throws(ModelError)
    -> Tensor
  {
    guard let source = stored[name] else {
      throw .missingTensor(path: path, name: name, expected: shape)
    }
    do throws(CheckpointError) {
      return try source.tensor(requiresGradient: tracking)
    } catch { throw .unreadableTensor(path: path, name: name, error) }
  }
}
