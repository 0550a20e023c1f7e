/// The gradients of `output` (summed, or weighted by `seed` of the same shape) with respect to each
/// of `inputs`; zeros for an input that `output` does not depend on.
///
/// - Parameters:
///   - recording: record the gradient computation itself, so that its results can be
///     differentiated again (R1, path length). The tape stays alive then.
///   - keepingTape: keep the tape for another call; otherwise its memory is released on the way.
public func gradients(
  of output: Tensor, withRespectTo inputs: [Tensor], seed: Tensor? = nil,
  recording: Bool = false, keepingTape: Bool = false
) -> [Tensor] {
  if let seed {
    check(seed.shape == output.shape, "gradients: seed \(seed.shape) for \(output.shape)")
  }
  return Recording.$isOn.withValue(recording) {
    var pass = BackwardPass(targets: inputs, releasing: !(recording || keepingTape))
    return pass.run(from: output, seed: seed ?? .ones(output.shape), recording: recording)
  }
}

/// One reverse walk over the tape.
private struct BackwardPass {
  /// What is known so far of the gradient of one tensor.
  private struct Sum {
    var tensor: Tensor?
    /// Whether nobody else uses the tensor's memory.
    var isOwned = false
    /// What is added in place, at the end.
    var additions: [(Tensor) -> Void] = []
  }

  let targets: [Tensor]
  let releasing: Bool
  private var gradients: [ObjectIdentifier: Sum] = [:]
  private var leadsToTarget: [ObjectIdentifier: Bool] = [:]

  init(targets: [Tensor], releasing: Bool) {
    self.targets = targets
    self.releasing = releasing
    for target in targets { leadsToTarget[ObjectIdentifier(target)] = true }
  }

  mutating func run(from output: Tensor, seed: Tensor, recording: Bool) -> [Tensor] {
    var order = topologicalOrder(from: output)
    gradients[ObjectIdentifier(output)] = Sum(tensor: seed)
    let kept = Set(targets.map(ObjectIdentifier.init))
    while let tensor = order.popLast() {
      let key = ObjectIdentifier(tensor)
      guard let node = tensor.node, let gradient = takeGradient(of: tensor) else { continue }
      if kept.contains(key) { gradients[key] = Sum(tensor: gradient) }
      propagate(gradient, through: node, recording: recording)
      if releasing {
        node.pullback = nil
        node.inputs = []
      }
    }
    return targets.map { target in
      let gradient = takeGradient(of: target) ?? .zeros(target.shape)
      // The same tensor may be asked for twice.
      gradients[ObjectIdentifier(target)] = Sum(tensor: gradient)
      return gradient
    }
  }

  private mutating func propagate(_ gradient: Tensor, through node: Node, recording: Bool) {
    let wanted = node.inputs.map { leadsToTarget[ObjectIdentifier($0)] ?? false }
    guard wanted.contains(true) else { return }
    guard let pullback = node.pullback else {
      fatalError("gradients: the tape behind \(node.name) was already released")
    }
    check(
      !recording || node.isTwiceDifferentiable,
      "gradients: \(node.name) has first-order gradients only")
    switch pullback {
    case .tensors(let pullback):
      let results = pullback(gradient, wanted)
      for (index, input) in node.inputs.enumerated() where wanted[index] {
        guard let result = results[index] else { continue }
        check(
          result.shape == input.shape,
          "gradients: \(node.name) gave \(result.shape) for input \(index) of \(input.shape)")
        add(
          result, isOwned: !node.isTwiceDifferentiable, toGradientOf: input, recording: recording)
      }
    case .additions(let pullback):
      let additions = pullback(gradient, wanted)
      for (index, input) in node.inputs.enumerated() where wanted[index] {
        guard let addition = additions[index] else { continue }
        gradients[ObjectIdentifier(input), default: Sum()].additions.append(addition)
      }
    }
  }

  private mutating func add(
    _ result: Tensor, isOwned: Bool, toGradientOf input: Tensor, recording: Bool
  ) {
    let key = ObjectIdentifier(input)
    var sum = gradients.removeValue(forKey: key) ?? Sum()
    if let existing = sum.tensor {
      if recording || !(sum.isOwned || isOwned) {
        sum.tensor = existing + result
        sum.isOwned = !recording
      } else {
        let (target, other) = sum.isOwned ? (existing, result) : (result, existing)
        target.addInPlace(other)
        sum.tensor = target
        sum.isOwned = true
      }
    } else {
      sum.tensor = result
      sum.isOwned = isOwned
    }
    gradients[key] = sum
  }

  /// The whole gradient of a tensor, nil when nothing reached it.
  private mutating func takeGradient(of tensor: Tensor) -> Tensor? {
    guard let sum = gradients.removeValue(forKey: ObjectIdentifier(tensor)) else { return nil }
    if sum.additions.isEmpty { return sum.tensor }
    let whole = sum.isOwned ? sum.tensor : sum.tensor?.copied()
    let result = whole ?? .zeros(tensor.shape)
    for addition in sum.additions { addition(result) }
    return result
  }

  /// The tensors that lead from `targets` to `output`, inputs before results; without recursion.
  private mutating func topologicalOrder(from output: Tensor) -> [Tensor] {
    var order: [Tensor] = []
    var visited: Set<ObjectIdentifier> = []
    var stack: [(tensor: Tensor, next: Int)] = [(output, 0)]
    visited.insert(ObjectIdentifier(output))
    while let (tensor, next) = stack.last {
      let key = ObjectIdentifier(tensor)
      if let node = tensor.node, next < node.inputs.count {
        stack[stack.count - 1].next += 1
        let input = node.inputs[next]
        if visited.insert(ObjectIdentifier(input)).inserted { stack.append((input, 0)) }
        continue
      }
      stack.removeLast()
      if let node = tensor.node,
        node.inputs.contains(where: { leadsToTarget[ObjectIdentifier($0)] ?? false })
      {
        leadsToTarget[key] = true
        order.append(tensor)
      }
    }
    return order
  }
}
