/// Whether operations are recorded on the tape.
public enum Recording {
  @TaskLocal static var isOn = true

  /// Runs `body` with recording, also inside `withoutRecording`.
  public static func whileOn<Result>(_ body: () throws -> Result) rethrows -> Result {
    try $isOn.withValue(true, operation: body)
  }
}

/// Runs `body` without recording: no result of it can be differentiated.
public func withoutRecording<Result>(_ body: () throws -> Result) rethrows -> Result {
  try Recording.$isOn.withValue(false, operation: body)
}

extension Tensor {
  /// Attaches the vector-Jacobian product of the operation that made this tensor, when recording is
  /// on and some input wants a gradient. `isTwiceDifferentiable` is false for pullbacks that are
  /// not made of recorded operations; these return tensors whose memory nobody else uses, so that
  /// other gradients can be added to it.
  @discardableResult
  public func recorded(
    _ name: StaticString, inputs: [Tensor], isTwiceDifferentiable: Bool = true,
    pullback: @escaping (_ gradient: Tensor, _ wanted: [Bool]) -> [Tensor?]
  ) -> Tensor {
    guard Recording.isOn, inputs.contains(where: \.tracksGradient) else { return self }
    node = Node(
      name: name, inputs: inputs, isTwiceDifferentiable: isTwiceDifferentiable,
      pullback: .tensors(pullback))
    return self
  }

  /// `recorded` for an operation that reads parts of its inputs, once differentiable: instead of a
  /// gradient in the size of an input, the pullback gives a function that adds to one. It is called
  /// when all other gradients of this input are known.
  @discardableResult
  public func recorded(
    _ name: StaticString, inputs: [Tensor],
    adding pullback: @escaping (_ gradient: Tensor, _ wanted: [Bool]) -> [((Tensor) -> Void)?]
  ) -> Tensor {
    guard Recording.isOn, inputs.contains(where: \.tracksGradient) else { return self }
    node = Node(
      name: name, inputs: inputs, isTwiceDifferentiable: false, pullback: .additions(pullback))
    return self
  }

  /// `recorded` for an operation of one input.
  func recorded(
    _ name: StaticString, _ input: Tensor, pullback: @escaping (_ gradient: Tensor) -> Tensor
  ) -> Tensor {
    recorded(name, inputs: [input]) { gradient, _ in [pullback(gradient)] }
  }
}
