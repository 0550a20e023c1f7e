import Layers
import TensorCore
import TestSupport
import Testing

@Suite("Learning rate")
struct LearningRateScheduleTests {
  @Test func risesStaysAndFalls() {
    let schedule = LearningRateSchedule(peak: 0.1)
    let rates = (0..<100).map { schedule.rate(step: $0, of: 100) }
    #expect(rates.allSatisfy { $0 > 0 && $0 <= 0.1 })
    #expect(rates[0] < rates[2] && rates[2] < rates[4])
    #expect(rates[10...70].allSatisfy { $0 == 0.1 })
    #expect(rates[80] > rates[90] && rates[90] > rates[99])
    // t = 1 - 0.125: half of the decay is over.
    #expect(abs(LearningRateSchedule(peak: 1).rate(step: 6, of: 7) - 0.5) < 1e-6)
  }
}

@Suite("Adam on named parameters")
struct AdamOptimizerTests {
  /// Three steps in double precision (Kingma & Ba 2015, algorithm 1).
  @Test func followsThePublishedAlgorithm() {
    let parameter = Tensor([1, -2])
    let optimizer = AdamOptimizer(["w": parameter], beta1: 0.9, beta2: 0.99)
    let slopes: [[Float]] = [[0.5, -1], [0.25, 2], [-1, 0.125]]
    var (expected, first, second) = ([1.0, -2.0], [0.0, 0.0], [0.0, 0.0])
    var (decay1, decay2) = (1.0, 1.0)
    for slope in slopes {
      optimizer.update([Tensor(slope)], rate: 0.1)
      decay1 *= 0.9
      decay2 *= 0.99
      for index in 0..<2 {
        let g = Double(slope[index])
        first[index] = 0.9 * first[index] + 0.1 * g
        second[index] = 0.99 * second[index] + 0.01 * g * g
        let root = (second[index] / (1 - decay2)).squareRoot()
        expected[index] -= 0.1 * first[index] / (1 - decay1) / (root + 1e-8)
      }
    }
    #expect(optimizer.step == 3)
    expectClose(parameter, expected, relativeToMax: 1e-6)
  }

  @Test func restoredMomentsGiveTheSameNextStep() {
    let (a, b) = (Tensor([1, 2, 3]), Tensor([1, 2, 3]))
    let first = AdamOptimizer(["w": a])
    first.update([Tensor([0.1, -0.2, 0.3])], rate: 0.01)
    let second = AdamOptimizer(["w": b])
    b.pointer.update(from: a.pointer, count: 3)
    for (name, tensor) in first.state {
      second.state[name]?.pointer.update(from: tensor.pointer, count: 3)
    }
    second.resume(after: 1)
    first.update([Tensor([-1, 0, 1])], rate: 0.01)
    second.update([Tensor([-1, 0, 1])], rate: 0.01)
    #expect(a.values == b.values)
  }
}
