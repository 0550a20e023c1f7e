import Editing
import Networks
import Pictures
import TensorCore
import Testing

/// With the models that come with the program.
@Suite("Edits that may begin at the drawing of a painted mask")
struct LayoutStartTests {
  private let model: JointModel
  private let start: LayoutStart
  private let code: LatentCode

  init() throws {
    let library = ModelLibrary(folder: "/nowhere")
    model = try library.model(named: "faces")
    start = try LayoutStart(
      model: model, synthesizer: try library.layoutSynthesizer(named: "faces-layout"))
    let mean = model.generator.meanLatent.reshaped([1, 1, model.latentWidth])
      .broadcast(to: [1, model.rowCount, model.latentWidth])
    code = LatentCode(
      wPlus: WPlus(mean),
      record: LatentCode.Record(
        model: model.fingerprint, domain: model.domain,
        source: .sample(seed: 0, truncationPsi: 0), steps: 0))
  }

  /// The mean face's mask with a beard painted over the lower part of its skin.
  private func painted(_ mask: LabelMap) throws -> LabelMap {
    let (skin, beard) = (try model.palette.id(named: "skin"), try model.palette.id(named: "beard"))
    var painted = mask
    for y in 84..<mask.height {
      for x in 0..<mask.width where painted[x, y] == skin { painted[x, y] = beard }
    }
    return painted
  }

  @Test("an unpainted mask leads nowhere else")
  func unpainted() throws {
    let own = try model.squareRendering(of: code)
    let point = start.point(
      from: code.wPlus, picture: own.picture, before: own.squareMask, painted: own.squareMask)
    #expect(point == code.wPlus)
  }

  @Test("the optimisation begins at the lower loss of both points")
  func lowerLoss() throws {
    let mask = try painted(try model.squareMask(of: code))
    let options = MaskEditOptions(steps: 1)
    let plain = try model.edit(code, painting: mask, options: options)
    let offered = try model.edit(code, painting: mask, options: options, layoutStart: start)
    #expect(!plain.outcome.beganAtAlternative)
    if offered.outcome.beganAtAlternative {
      #expect(offered.outcome.trace[0] < plain.outcome.trace[0])
    } else {
      #expect(offered.outcome.trace == plain.outcome.trace)
    }
    #expect(offered.outcome.accuracyBefore == plain.outcome.accuracyBefore)
  }

  @Test("cars have a layout model, whose drawings fill the part between the bands")
  func cars() throws {
    let library = ModelLibrary(folder: "/nowhere")
    let cars = try library.model(named: "cars")
    let synthesizer = try library.layoutSynthesizer(named: "cars-layout")
    #expect([synthesizer.width, synthesizer.height] == [128, 96])
    let start = try LayoutStart(model: cars, synthesizer: synthesizer)
    let mean = WPlus(
      cars.generator.meanLatent.reshaped([1, 1, cars.latentWidth])
        .broadcast(to: [1, cars.rowCount, cars.latentWidth]))
    let code = LatentCode(
      wPlus: mean,
      record: LatentCode.Record(
        model: cars.fingerprint, domain: cars.domain,
        source: .sample(seed: 0, truncationPsi: 0), steps: 0))
    let own = try cars.squareRendering(of: code)
    let body = try cars.palette.id(named: "body")
    let others =
      [body] + [try cars.palette.id(named: "background"), try cars.palette.id(named: "road")]
    var counts = [Int](repeating: 0, count: 256)
    var painted = own.squareMask
    for y in 0..<painted.height {
      for x in 0..<painted.width where !others.contains(painted[x, y]) {
        counts[Int(painted[x, y])] += 1
      }
    }
    let largest = counts.max()
    let part = counts.firstIndex { $0 == largest } ?? 0
    for y in 0..<painted.height {
      for x in 0..<painted.width where Int(painted[x, y]) == part { painted[x, y] = body }
    }
    func point(_ mask: LabelMap) -> WPlus {
      start.point(from: mean, picture: own.picture, before: own.squareMask, painted: mask)
    }
    #expect(point(own.squareMask) == mean)
    #expect(painted != own.squareMask && point(painted) != mean)
  }

  @Test("models of other classes are refused")
  func otherClasses() throws {
    let cars = try ModelLibrary(folder: "/nowhere").model(named: "cars")
    let error = #expect(throws: EditingError.self) {
      try LayoutStart(model: cars, synthesizer: start.synthesizer)
    }
    #expect(
      error?.text
        == "faces-layout draws other classes than cars has; use a layout model of the same classes")
  }
}
