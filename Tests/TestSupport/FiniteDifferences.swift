import TensorCore
import Testing

/// Compares the gradients of any `function` at `inputs` with central differences.
///
/// The result, of any shape, is projected on fixed random numbers. Differences of two evaluations
/// are taken element by element and added up in double precision, so the only error is the rounding
/// of the function itself.
///
/// - Parameters:
///   - step: distance of the two evaluations from the point.
///   - tolerance: the largest deviation, relative to the largest gradient of that input.
///   - sampling: the most elements of an input that are moved, evenly spread.
public func finiteDifferenceCheck(
  of function: ([Tensor]) -> Tensor, at inputs: [Tensor], step: Float = 1e-2,
  tolerance: Double = 2e-3, sampling: Int = 64, sourceLocation: SourceLocation = #_sourceLocation
) {
  let leaves = inputs.map { $0.copied(requiresGradient: true) }
  let result = function(leaves)
  let projection = randomTensor(result.shape, seed: 4242)
  let computed = gradients(of: result, withRespectTo: leaves, seed: projection)
  let weights = projection.values.map(Double.init)
  for (index, input) in inputs.enumerated() {
    var worst = 0.0
    var largest = 0.0
    let stride = max(1, input.count / sampling)
    for element in Swift.stride(from: 0, to: input.count, by: stride) {
      func values(_ shift: Float) -> [Float] {
        let moved = input.copied()
        moved.pointer[element] += shift
        var arguments = inputs
        arguments[index] = moved
        return withoutRecording { function(arguments).values }
      }
      let width =
        Double(input.pointer[element] + step) - Double(input.pointer[element] - step)
      let (high, low) = (values(step), values(-step))
      var expected = 0.0
      for position in high.indices {
        expected += (Double(high[position]) - Double(low[position])) * weights[position]
      }
      expected /= width
      worst = max(worst, abs(expected - Double(computed[index].pointer[element])))
      largest = max(largest, abs(expected))
    }
    #expect(
      worst <= tolerance * max(largest, 1e-3),
      "input \(index): deviation \(worst), largest gradient \(largest)",
      sourceLocation: sourceLocation)
  }
}

/// `finiteDifferenceCheck` of the gradients themselves: second-order gradients.
public func secondOrderDifferenceCheck(
  of function: @escaping ([Tensor]) -> Tensor, at inputs: [Tensor], step: Float = 1e-2,
  tolerance: Double = 5e-3, sampling: Int = 24, sourceLocation: SourceLocation = #_sourceLocation
) {
  finiteDifferenceCheck(
    of: { arguments in
      let leaves = arguments.map { $0.tracksGradient ? $0 : $0.detached(requiresGradient: true) }
      let slopes = Recording.whileOn {
        let result = function(leaves)
        let projection = randomTensor(result.shape, seed: 777)
        return gradients(of: result, withRespectTo: leaves, seed: projection, recording: true)
      }
      return .concatenated(slopes.map { $0.reshaped([$0.count]) }, axis: 0)
    }, at: inputs, step: step, tolerance: tolerance, sampling: sampling,
    sourceLocation: sourceLocation)
}
