/// One recorded operation: its inputs and its vector-Jacobian product.
///
/// A pullback must not hold on to the operation's own result (that would be a reference cycle).
final class Node {
  /// Computes the gradients of the inputs from the gradient of the result. `wanted[i]` tells
  /// whether the gradient of input `i` is of use; others may be nil.
  enum Pullback {
    /// Gradients as tensors.
    case tensors((_ gradient: Tensor, _ wanted: [Bool]) -> [Tensor?])
    /// Functions that add to the gradient of an input, called when all its other gradients are
    /// known.
    case additions((_ gradient: Tensor, _ wanted: [Bool]) -> [((Tensor) -> Void)?])
  }

  let name: StaticString
  var inputs: [Tensor]
  var pullback: Pullback?
  /// Whether the pullback is itself made of recorded operations. One that is not gives tensors that
  /// nobody else holds.
  let isTwiceDifferentiable: Bool

  init(
    name: StaticString, inputs: [Tensor], isTwiceDifferentiable: Bool,
    pullback: Pullback
  ) {
    self.name = name
    self.inputs = inputs
    self.pullback = pullback
    self.isTwiceDifferentiable = isTwiceDifferentiable
  }

  /// Frees long chains step by step: the nested deinitialisers of 20,000 operations would overflow
  /// the stack.
  deinit {
    pullback = nil
    var pending = inputs
    inputs = []
    while var tensor = pending.popLast() {
      guard isKnownUniquelyReferenced(&tensor), var node = tensor.node else { continue }
      tensor.node = nil
      if isKnownUniquelyReferenced(&node) {
        node.pullback = nil
        pending.append(contentsOf: node.inputs)
        node.inputs = []
      }
    }
  }
}
