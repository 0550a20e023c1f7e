import Editing
import Networks
import Pictures
import TensorCore
import Testing

/// The shipped faces model on pictures of its own, a few steps each.
@Suite("Optimisation of latent codes")
struct OptimizationTests {
  private let model: JointModel
  private let picture: Tensor

  init() throws {
    let model = try ModelLibrary().model(named: "faces")
    self.model = model
    var random = RandomSource(seed: 21)
    let noise = random.normal([1, model.rowCount, model.latentWidth])
    let mean = model.generator.meanLatent.reshaped([1, 1, model.latentWidth])
    picture = withoutRecording { model.synthesize(mean + noise * 0.5, withFeatures: false).image }
  }

  @Test("embedding comes closer than the encoder, and keeps the best point it saw")
  func embedding() throws {
    var seen = 0
    let embedder = Embedder(model: model, options: EmbeddingOptions(steps: 12))
    let found = try embedder(picture) { progress in
      seen += 1
      return progress.step == seen && progress.steps == 12
    }
    #expect(seen == 12)
    #expect(found.trace.count == 13)
    #expect(found.psnr > found.psnrStart + 0.5)
    let again = try embedder(picture)
    #expect(again.wPlus == found.wPlus && again.trace == found.trace)
  }

  @Test("no step returns the encoder's answer")
  func encoderOnly() throws {
    let found = try Embedder(model: model, options: EmbeddingOptions(steps: 0))(picture)
    #expect(found.wPlus == found.start && found.trace.isEmpty)
    let encoder = try #require(model.encoder)
    #expect(found.wPlus == WPlus(withoutRecording { encoder(picture) }))
  }

  @Test("cancelling keeps the best so far")
  func cancelling() throws {
    let found = try Embedder(model: model, options: EmbeddingOptions(steps: 50))(picture) {
      $0.step < 4
    }
    #expect(found.trace.count == 5)
    #expect(found.psnr >= found.psnrStart)
  }

  @Test(
    "an edit: the vector is the way from the start to the best point, and only chosen rows move")
  func edit() throws {
    let start = try Embedder(model: model, options: EmbeddingOptions(steps: 0))(picture).wPlus
    let branch = try #require(model.branch)
    let side = model.resolution
    let mask = withoutRecording {
      LabelMap(
        width: side, height: side,
        labels: branch.labels(model.synthesize(start.tensor).features))
    }
    let lips = Set(try model.classIDs(["upper_lip", "lower_lip"]))
    var labels = mask.labels
    for index in labels.indices.dropFirst(3 * side) where lips.contains(mask.labels[index]) {
      for row in 1...3 { labels[index - row * side] = mask.labels[index] }
    }
    let edit = try MaskEdit(
      from: mask, to: LabelMap(width: side, height: side, labels: labels))
    let outcome = try MaskEditor(model: model, options: MaskEditOptions(steps: 15, rows: 2..<8))(
      edit, from: start)
    #expect(outcome.updates == 15 && outcome.trace.count == 16)
    #expect(outcome.accuracyAfter > outcome.accuracyBefore)
    #expect(outcome.delta == outcome.wPlus - start)
    for row in 0..<start.rowCount {
      #expect((outcome.delta.norm(ofRow: row) > 0) == (2..<8).contains(row))
    }
    // The same start gives the same bytes.
    let repeated = try MaskEditor(model: model, options: MaskEditOptions(steps: 15, rows: 2..<8))(
      edit, from: start)
    #expect(repeated.wPlus == outcome.wPlus)
  }

  @Test("zero steps of an edit are an error")
  func noSteps() throws {
    let start = WPlus.zero(rowCount: model.rowCount, width: model.latentWidth)
    let side = model.resolution
    var painted = [UInt8](repeating: 0, count: side * side)
    painted[5 * side + 5] = 1
    let edit = try MaskEdit(
      from: LabelMap(width: side, height: side, labels: [UInt8](repeating: 0, count: side * side)),
      to: LabelMap(width: side, height: side, labels: painted))
    #expect(throws: EditingError.invalidSteps(0)) {
      try MaskEditor(model: model, options: MaskEditOptions(steps: 0))(edit, from: start)
    }
  }
}
