import Editing
import Evaluation
import Networks
import TensorCore
import Testing

@Suite("Repair after a stored vector")
struct RefinerTests {
  /// Outside of the region the repair leads back to the picture before the vector, inside it stays
  /// with what the vector made.
  @Test func theOutsideComesBackAndTheInsideStays() throws {
    let model = try ModelLibrary().model(named: "faces")
    let vector = try VectorLibrary().vector(named: "smile", domain: "faces")
    let classes = try model.classIDs(vector.record.classes)
    let start = LatentCode(
      wPlus: WPlus(
        rowCount: model.rowCount, width: model.latentWidth,
        values: (0..<model.rowCount * model.latentWidth).map {
          model.generator.meanLatent.pointer[$0 % model.latentWidth]
        }),
      record: .init(
        model: model.fingerprint, domain: model.domain,
        source: .sample(seed: 0, truncationPsi: 0), steps: 0))
    let moved = try start.applying(vector, strength: 1.5)
    let refiner = Refiner(model: model)
    let region = try refiner.edit(classes: classes, from: start.wPlus, to: moved.wPlus).region
    let outcome = try refiner(from: start.wPlus, moved: moved.wPlus, classes: classes, steps: 12)
    func picture(_ code: WPlus) -> Tensor {
      withoutRecording { model.synthesize(code.tensor, withFeatures: false).image }
    }
    let pictures = (picture(start.wPlus), picture(moved.wPlus), picture(outcome.wPlus))
    func change(_ a: Tensor, _ b: Tensor, inside: Bool) -> Double {
      let ignored = inside ? region.complement : region
      return ImageQuality.meanAbsoluteChange(a, b, outside: ignored.union(model.bands).bits)[0]
    }
    #expect(
      change(pictures.0, pictures.2, inside: false)
        < 0.8 * change(pictures.0, pictures.1, inside: false))
    #expect(
      change(pictures.1, pictures.2, inside: true)
        < 0.25 * change(pictures.0, pictures.1, inside: true))
  }
}
