import Layers
import Networks
import Pictures
import TensorCore
import TestSupport
import Testing

/// A layout of five classes, one of them unlabelled, for pictures of 64 pixels or fewer.
struct TestLayout: CustomTestStringConvertible, Sendable {
  var name: String
  var label: @Sendable (_ x: Int, _ y: Int) -> UInt8

  var testDescription: String { name }

  static let all = [
    TestLayout(name: "uniform") { _, _ in 2 },
    TestLayout(name: "regions") { x, y in
      let (dx, dy) = (x - 30, y - 36)
      return dx * dx + dy * dy < 300 ? 3 : (y > 40 ? 1 : (x > 45 ? 4 : 0))
    },
    TestLayout(name: "thin structures") { x, y in
      x % 9 == 0 ? 1 : y % 13 == 5 ? 2 : (x + y) % 17 == 0 ? 3 : 0
    },
    TestLayout(name: "noise") { x, y in
      var random = RandomSource(seed: UInt64(1000 * y + x))
      return UInt8(random.next() % 5)
    },
  ]

  func layout(width: Int, height: Int, hasEdges: Bool) -> SemanticLayout {
    let labels = LabelMap(
      width: width, height: height,
      labels: (0..<width * height).map { label($0 % width, $0 / width) })
    let objects = InstanceMap(
      width: width, height: height, ids: labels.labels.map { UInt32($0 / 2) })
    return SemanticLayout(
      labels: labels, edges: hasEdges ? objects.edges : nil, classCount: 5)
  }
}

@Suite("The fast SPADE generator draws what the plain one draws")
struct BlockedSPADEGeneratorTests {
  /// Random weights whose pictures use the whole range, with statistics that are not trivial.
  private func weights(_ configuration: SPADEConfiguration) -> [String: Tensor] {
    var weights = configuration.generatorWeights.randomWeights(
      seed: 7, prefix: "generator.", gain: 1)
    for (index, name) in weights.keys.sorted().enumerated() {
      guard let tensor = weights[name] else { continue }
      let random = randomTensor(tensor.shape, seed: UInt64(1000 + index))
      if name.hasSuffix("running_var") {
        weights[name] = random.squared() * 0.5 + 0.5
      } else if name.hasSuffix("running_mean") || name.hasSuffix("bias") {
        weights[name] = random * 0.2
      }
    }
    // Spectral vectors that belong to their weights, as after training.
    for name in weights.keys.sorted() where name.hasSuffix("weight_u") {
      let stem = name.dropLast("weight_u".count)
      guard let weight = weights["\(stem)weight_orig"], let u = weights[name],
        let v = weights["\(stem)weight_v"]
      else { continue }
      let norm = SpectralNorm(u: u.copied(), v: v.copied())
      for _ in 0..<5 { norm.advance(weight.reshaped([u.count, v.count])) }
      weights[name] = norm.u
      weights["\(stem)weight_v"] = norm.v
    }
    return weights
  }

  private func expectSame(
    _ configuration: SPADEConfiguration, _ kind: TestLayout, hasEdges: Bool,
    layoutSize: (width: Int, height: Int)? = nil, _ location: SourceLocation = #_sourceLocation
  ) throws {
    let weights = weights(configuration)
    let layout = kind.layout(
      width: layoutSize?.width ?? configuration.width,
      height: layoutSize?.height ?? configuration.height, hasEdges: hasEdges)
    let latent = configuration.latentSize.map { randomTensor([1, $0], seed: 3) }
    let plain = try SPADEGenerator(WeightTable(weights), configuration: configuration)
    let table = WeightTable(weights)
    let fast = try BlockedSPADEGenerator(table, configuration: configuration)
    #expect(table.remaining().isEmpty, sourceLocation: location)
    let expected = withoutRecording { plain(layout.tensor, latent: latent) }
    let found = fast(layout, latent: latent)
    let spread = (expected.values.max() ?? 0) - (expected.values.min() ?? 0)
    #expect(spread > 0.1, "the picture is flat", sourceLocation: location)
    expectClose(
      found, expected, relativeToMax: 1e-5, "fast SPADE, \(kind.name)", sourceLocation: location)
  }

  @Test(
    "for every kind of layout, from the layout and from a style", arguments: TestLayout.all,
    [nil, 16])
  func layouts(_ kind: TestLayout, latentSize: Int?) throws {
    try expectSame(
      SPADEConfiguration(
        layoutChannels: 6, filters: 8, hiddenChannels: 32, latentSize: latentSize, cropSize: 64),
      kind, hasEdges: true)
  }

  @Test(
    "for every normalisation and kernel", arguments: SPADENormalization.Kind.allCases, [1, 3, 5])
  func normalizations(_ kind: SPADENormalization.Kind, kernel: Int) throws {
    for layout in [TestLayout.all[1], TestLayout.all[3]] {
      try expectSame(
        SPADEConfiguration(
          layoutChannels: 5, filters: 4, hiddenChannels: 12, cropSize: 64,
          normalization: .init(kind: kind, kernel: kernel)),
        layout, hasEdges: false)
    }
  }

  @Test("for every depth and for wide pictures", arguments: SPADEConfiguration.Depth.allCases)
  func depths(_ depth: SPADEConfiguration.Depth) throws {
    try expectSame(
      SPADEConfiguration(
        layoutChannels: 6, filters: 4, hiddenChannels: 16, depth: depth, cropSize: 256,
        aspectRatio: 2), TestLayout.all[1], hasEdges: true)
  }

  @Test("for layouts of another size than the picture")
  func otherSizes() throws {
    try expectSame(
      SPADEConfiguration(layoutChannels: 6, filters: 4, hiddenChannels: 16, cropSize: 64),
      TestLayout.all[2], hasEdges: true, layoutSize: (100, 37))
  }

  @Test("as wide as the published models, at a quarter of their size", arguments: TestLayout.all)
  func publishedWidth(_ kind: TestLayout) throws {
    try expectSame(
      SPADEConfiguration(layoutChannels: 6, filters: 32, hiddenChannels: 128, cropSize: 64), kind,
      hasEdges: true)
  }

  @Test func neighbourhoodsServeForSeveralStyles() throws {
    let configuration = SPADEConfiguration(
      layoutChannels: 6, filters: 4, hiddenChannels: 16, latentSize: 8, cropSize: 32)
    let generator = try BlockedSPADEGenerator(
      WeightTable(weights(configuration)), configuration: configuration)
    let layout = TestLayout.all[1].layout(width: 32, height: 32, hasEdges: true)
    let shared = LayoutNeighborhoods(layout)
    for seed in 1...2 {
      let style = randomTensor([1, 8], seed: UInt64(seed))
      #expect(generator(shared, latent: style).values == generator(layout, latent: style).values)
    }
  }

  @Test func anotherWayOfTellingTheLayoutIsRefused() throws {
    let configuration = SPADEConfiguration(
      layoutChannels: 6, filters: 4, hiddenChannels: 16, conditioning: .concatenation)
    #expect(
      throws: ModelError.unsupportedConfiguration(
        path: "memory", key: "spade.conditioning", value: "concatenation", supported: "spade")
    ) { try BlockedSPADEGenerator(WeightTable([:]), configuration: configuration) }
  }
}

@Suite("Layouts")
struct SemanticLayoutTests {
  @Test func channelsAreClassesAndThenEdges() {
    let layout = SemanticLayout(
      labels: LabelMap(width: 2, height: 1, labels: [1, 0]), edges: [false, true], classCount: 2)
    #expect(layout.channelCount == 3)
    #expect(layout.tensor.values == [0, 1, 1, 0, 0, 1])
  }

  @Test func modelsWithoutNamesGetNamesAndColours() throws {
    let classes = try LayoutClasses(
      LayoutChannels(classes: 3, hasUnknown: true, hasEdges: true), palette: nil)
    #expect(classes.palette.names == ["class_0", "class_1", "class_2", "unlabelled"])
    #expect(classes.palette.color(of: 1) == RGBColor(0, 128, 0))
    #expect(classes.unlabelled == 3)
    #expect(classes.channelCount == 5)
    #expect(throws: PictureError.paletteSize(count: 257)) {
      try LayoutClasses(LayoutChannels(classes: 300), palette: nil)
    }
  }

  @Test func listsMustFitTheChannels() {
    let coco = NamedPalette.cocoStuff
    #expect(
      LayoutClasses(palette: coco.palette, unlabelled: 182, channels: 184)?.hasEdges == true)
    #expect(
      LayoutClasses(palette: coco.palette, unlabelled: 182, channels: 183)?.hasEdges == false)
    #expect(LayoutClasses(palette: coco.palette, unlabelled: 182, channels: 182) == nil)
  }

  @Test func stylesBetweenTwoKeepTheirLength() {
    let (a, b) = (randomTensor([1, 256], seed: 1), randomTensor([1, 256], seed: 2))
    func length(_ tensor: Tensor) -> Float { tensor.squared().sum().item.squareRoot() }
    #expect(Tensor.style(between: a, b, at: 0).values == a.values)
    let middle = length(.style(between: a, b, at: 0.5))
    #expect(abs(middle - (length(a) + length(b)) / 2) < 1e-3)
  }
}
