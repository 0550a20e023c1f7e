import Foundation
import TensorCore
import Testing
import Training

@Suite("Training state")
struct TrainingStateTests {
  private struct Record: Codable, Equatable {
    var step: Int
    var random: RandomSource
  }

  @Test func everyBitOfTensorsAndRecordComesBack() throws {
    let workspace = try Workspace()
    var random = RandomSource(seed: 3)
    let weights = ["a.weight": random.normal([3, 5]), "b": Tensor(Float(bitPattern: 1))]
    let record = Record(step: 7, random: random)
    let path = workspace.file("run.state")
    try TrainingState(
      kind: "test", record: record, tensors: TrainingState.named(weights, prefix: "weights")
    ).write(to: path)

    let state = try TrainingState(contentsOf: path, kind: "test")
    #expect(try state.record() == record)
    let targets = ["a.weight": Tensor.zeros([3, 5]), "b": Tensor(0)]
    try state.restore(targets, prefix: "weights")
    for (name, tensor) in weights {
      #expect(targets[name]?.values.map(\.bitPattern) == tensor.values.map(\.bitPattern))
    }
    var restored = try state.record(as: Record.self).random
    #expect(restored.next() == random.next())
  }

  @Test func aStateOfAnotherTrainingIsRefused() throws {
    let workspace = try Workspace()
    let path = workspace.file("run.state")
    try TrainingState(kind: "spade", record: 1, tensors: ["x": Tensor(1)]).write(to: path)
    let error = #expect(throws: TrainingError.self) {
      try TrainingState(contentsOf: path, kind: "encoder")
    }
    #expect(
      error?.text
        == "\(path) is the state of a training of 'spade', the state of a training of 'encoder' "
        + "is needed")
  }

  @Test func missingAndMisshapedTensorsAreNamed() throws {
    let state = TrainingState(kind: "test", record: 1, tensors: ["w.a": Tensor([1, 2])])
    let missing = #expect(throws: TrainingError.self) {
      try state.restore(["b": Tensor(0)], prefix: "w")
    }
    #expect(
      missing?.text == "test cannot be resumed: it has no tensor 'w.b'; start the training anew")
    let misshaped = #expect(throws: TrainingError.self) {
      try state.restore(["a": Tensor(0)], prefix: "w")
    }
    #expect(
      misshaped?.text
        == "test cannot be resumed: tensor 'w.a' has shape [2], expected []; start the training anew"
    )
  }
}

@Suite("Moving average")
struct ExponentialMovingAverageTests {
  @Test func followsItsFormula() {
    let parameter = Tensor([0, 8])
    let average = ExponentialMovingAverage(of: ["w": parameter], decay: 0.5)
    parameter.pointer[0] = 11
    parameter.pointer[1] = -3
    // Step 1 keeps 2/11 only.
    average.update(from: ["w": parameter], step: 1)
    let first = average.averages["w"]?.values ?? []
    #expect(abs(first[0] - 9) < 1e-5 && abs(first[1] + 1) < 1e-5)
    // Late steps keep the half that was asked for.
    average.update(from: ["w": parameter], step: 1000)
    let second = average.averages["w"]?.values ?? []
    #expect(abs(second[0] - 10) < 1e-5 && abs(second[1] + 2) < 1e-5)
  }
}

@Suite("Training session")
struct TrainingSessionTests {
  @Test func stopsAtTheLastStepAndCountsEarlierOnes() throws {
    var reports: [TrainingProgress] = []
    var session = TrainingSession(budget: .init(steps: 5), resumingAfter: 3) {
      reports.append($0)
      return true
    }
    while session.goesOn { try session.finishStep(rate: 0.1, losses: [LossTerm("image", 1)]) }
    #expect(session.isComplete)
    #expect(reports.map(\.step) == [4, 5])
    #expect(reports.map(\.sessionSteps) == [1, 2])
    #expect(reports[1].secondsLeft == 0)
  }

  @Test func anObserverStopsIt() throws {
    var session = TrainingSession(budget: .init(steps: 5)) { _ in false }
    try session.finishStep(rate: 0.1, losses: [])
    #expect(!session.goesOn && !session.isComplete)
  }

  @Test func aLossThatIsNoNumberIsAnError() {
    var session = TrainingSession(budget: .init(steps: 5), observer: nil)
    let error = #expect(throws: TrainingError.self) {
      try session.finishStep(rate: 0.1, losses: [LossTerm("latent", .nan)])
    }
    #expect(
      error?.text
        == "the loss 'latent' left the range of numbers at step 0; use a lower learning rate")
  }
}

@Suite("Loss log")
struct LossLogTests {
  private func progress(_ step: Int) -> TrainingProgress {
    TrainingProgress(
      step: step, steps: 9, rate: 0.5, losses: [LossTerm("image", Float(step) / 4)], elapsed: 0,
      sessionSteps: step)
  }

  @Test func aResumedLogLosesTheLinesAfterTheState() throws {
    let workspace = try Workspace()
    var log = LossLog(path: workspace.file("loss.csv"))
    for step in 1...3 { log.append(progress(step)) }
    try log.write()
    var resumed = LossLog(path: log.path, keepingThrough: 2)
    resumed.append(progress(3))
    resumed.append(progress(4))
    try resumed.write()
    let text = try String(contentsOfFile: log.path, encoding: .utf8)
    #expect(text == "step,rate,image\n1,0.5,0.25\n2,0.5,0.5\n3,0.5,0.75\n4,0.5,1.0\n")
  }
}
