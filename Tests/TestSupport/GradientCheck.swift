import TensorCore
import Testing

/// Compares the gradients of a scalar `function` at `inputs` with central differences.
///
/// - Parameters:
///   - step: distance of the two evaluations from the point.
///   - tolerance: the largest deviation, relative to the largest gradient of that input.
public func expectGradients(
  of function: ([Tensor]) -> Tensor, at inputs: [Tensor], step: Float = 1e-2,
  tolerance: Float = 5e-3, sourceLocation: SourceLocation = #_sourceLocation
) {
  let leaves = inputs.map { $0.copied(requiresGradient: true) }
  let computed = gradients(of: function(leaves), withRespectTo: leaves)
  for (index, input) in inputs.enumerated() {
    var worst: Float = 0
    var largest: Float = 0
    for element in 0..<input.count {
      func value(_ shift: Float) -> Float {
        let moved = input.copied()
        moved.pointer[element] += shift
        var arguments = inputs
        arguments[index] = moved
        return withoutRecording { function(arguments).item }
      }
      let expected = (value(step) - value(-step)) / (2 * step)
      worst = max(worst, abs(expected - computed[index].pointer[element]))
      largest = max(largest, abs(expected))
    }
    #expect(
      worst <= tolerance * max(largest, 1e-3),
      "input \(index): deviation \(worst), largest gradient \(largest)",
      sourceLocation: sourceLocation)
  }
}

/// Compares second-order gradients with central differences: those of the projection of each
/// first-order gradient on fixed random numbers.
public func expectSecondOrderGradients(
  of function: @escaping ([Tensor]) -> Tensor, at inputs: [Tensor], step: Float = 1e-2,
  tolerance: Float = 1e-2, sourceLocation: SourceLocation = #_sourceLocation
) {
  var random = RandomSource(seed: 99)
  let directions = inputs.map { random.normal($0.shape) }
  expectGradients(
    of: { arguments in
      let leaves = arguments.map { $0.tracksGradient ? $0 : $0.detached(requiresGradient: true) }
      let first = Recording.whileOn {
        gradients(of: function(leaves), withRespectTo: leaves, recording: true)
      }
      return zip(first, directions).map { ($0 * $1).sum() }.reduce(Tensor(0), +)
    }, at: inputs, step: step, tolerance: tolerance, sourceLocation: sourceLocation)
}
