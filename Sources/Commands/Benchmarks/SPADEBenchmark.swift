import ArgumentParser
import Networks
import Pictures
import TensorCore

/// `semblance bench spade`: pictures of layouts.
struct SPADEBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "spade",
    abstract: "SPADE pictures of layouts: 184 channels, 64 filters, 256 pixels, random weights.",
    discussion: """
      'segments' is a layout of 20 regions with curved borders, 'noise' one with a random class in \
      every pixel. What a layout's labels alone decide is computed in every run.
      """)

  @Flag(help: "Measure the plain, most exact computation instead of the fast one.")
  var exact = false

  @OptionGroup var options: BenchmarkOptions

  func run() throws {
    try options.run("spade", [measure("segments", .segments), measure("noise", .noise)])
  }

  private func measure(_ name: String, _ kind: RandomLayout) -> BenchmarkCase {
    BenchmarkCase("256 ngf 64 \(name)") {
      let layout = kind.layout(side: 256, classes: 183)
      let configuration = RandomModels.spadeConfiguration
      let weights = RandomModels.spadeWeights(configuration)
      if exact {
        let generator = try SPADEGenerator(weights, configuration: configuration)
        let planes = layout.tensor
        return { _ = withoutRecording { generator(planes) } }
      }
      let generator = try BlockedSPADEGenerator(weights, configuration: configuration)
      return { _ = generator(layout) }
    }
  }
}

/// Layouts to measure with.
enum RandomLayout {
  /// 20 regions of one class each, with curved borders; objects are where classes are.
  case segments
  /// A random class in every pixel, every pixel an object of its own.
  case noise

  /// A layout with edges.
  func layout(side: Int, classes: Int) -> SemanticLayout {
    var random = RandomSource(seed: 5)
    var labels: [UInt8] = []
    switch self {
    case .noise:
      labels = (0..<side * side).map { _ in UInt8(random.next() % UInt64(classes)) }
      return SemanticLayout(
        labels: LabelMap(width: side, height: side, labels: labels),
        edges: [Bool](repeating: true, count: side * side), classCount: classes)
    case .segments:
      let centers = (0..<20).map { _ in
        (
          x: random.uniform() * Float(side), y: random.uniform() * Float(side),
          label: UInt8(random.next() % UInt64(classes))
        )
      }
      let waves = (0..<4).map { _ in 0.03 + 0.05 * random.uniform() }
      for y in 0..<side {
        for x in 0..<side {
          // Slow waves bend the straight borders of nearest-centre regions.
          let (u, v) = (Float(x), Float(y))
          let bentX = u + 6 * Self.sine(v * waves[0]) + 3 * Self.sine(v * waves[1] + 1)
          let bentY = v + 6 * Self.sine(u * waves[2]) + 3 * Self.sine(u * waves[3] + 2)
          func distance(_ index: Int) -> Float {
            let (dx, dy) = (centers[index].x - bentX, centers[index].y - bentY)
            return dx * dx + dy * dy
          }
          let nearest = centers.indices.min { distance($0) < distance($1) } ?? 0
          labels.append(centers[nearest].label)
        }
      }
      let map = LabelMap(width: side, height: side, labels: labels)
      let objects = InstanceMap(width: side, height: side, ids: labels.map(UInt32.init))
      return SemanticLayout(labels: map, edges: objects.edges, classCount: classes)
    }
  }

  /// The sine's parabola: smooth enough for a border.
  private static func sine(_ angle: Float) -> Float {
    let turns = angle / (2 * .pi)
    let phase = 2 * (turns - turns.rounded(.down)) - 1
    return -4 * phase * (1 - phase.magnitude)
  }
}

extension RandomModels {
  /// The generator of COCO-Stuff: 182 classes, unlabelled, edges.
  static var spadeConfiguration: SPADEConfiguration {
    SPADEConfiguration(layoutChannels: 184, normalization: .init(isSpectral: false))
  }

  /// Random weights that are made one by one when they are read, so that a file of 390 MB need not
  /// exist.
  static func spadeWeights(_ configuration: SPADEConfiguration) -> WeightTable {
    var descriptions: [String: (index: Int, description: WeightDescription)] = [:]
    for (index, description) in configuration.generatorWeights.enumerated() {
      descriptions["generator." + description.name] = (index, description)
    }
    return WeightTable(shapes: descriptions.mapValues(\.description.shape)) { name in
      guard let (index, description) = descriptions[name] else { return .zeros([0]) }
      let made = [description].randomWeights(
        seed: UInt64(index), prefix: "generator.", gain: 1)
      return made[name] ?? .zeros(Shape(description.shape))
    }
  }
}
