/// The resolutions of a training, one after the other: small pictures are learned in a fraction of
/// the time of large ones.
public struct TrainingStages: Sendable, Equatable, Codable {
  /// A part of the training.
  public struct Stage: Sendable, Equatable, Codable {
    /// Side of the pictures.
    public var resolution: Int
    /// Whether a discriminator judges, too.
    public var isAdversarial: Bool
    /// Its share of the steps.
    public var share: Double
  }

  /// The parts, first to last.
  public let stages: [Stage]

  /// Reads `16:0.2,32:0.2,64:0.25,128:0.2,128d:0.15`: sides with their shares of the steps, `d` for
  /// a discriminator. nil for another text, and for resolutions that fall or are no powers of two
  /// from 8 on.
  public init?(_ text: String) {
    var stages: [Stage] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let halves = part.split(separator: ":", omittingEmptySubsequences: false)
      guard halves.count == 2, let share = Double(halves[1]), share > 0, share.isFinite,
        let resolution = Int(halves[0].hasSuffix("d") ? halves[0].dropLast() : halves[0]),
        (8...4096).contains(resolution), resolution & (resolution - 1) == 0,
        resolution >= stages.last?.resolution ?? 0
      else { return nil }
      stages.append(
        Stage(resolution: resolution, isAdversarial: halves[0].hasSuffix("d"), share: share))
    }
    if stages.isEmpty { return nil }
    self.stages = stages
  }

  /// Stages up to `resolution`, with and without discriminator for 8 to 128 pixels and above.
  public static func standard(resolution: Int) -> TrainingStages {
    var text = ""
    var side = min(16, resolution)
    while side < resolution {
      text += "\(side):0.2,"
      side *= 2
    }
    return TrainingStages("\(text)\(resolution):0.2,\(resolution)d:0.15")
      ?? TrainingStages(stages: [Stage(resolution: resolution, isAdversarial: true, share: 1)])
  }

  private init(stages: [Stage]) { self.stages = stages }

  /// The largest resolution.
  public var last: Int { stages[stages.count - 1].resolution }
  /// The smallest resolution.
  public var first: Int { stages[0].resolution }
  /// Whether any stage has a discriminator.
  public var needsDiscriminator: Bool { stages.contains(where: \.isAdversarial) }

  /// The stage in which the share `progress` of the steps is done.
  public func stage(at progress: Double) -> Stage {
    let total = stages.reduce(0) { $0 + $1.share }
    var end = 0.0
    for stage in stages {
      end += stage.share / total
      if progress < end - 1e-9 { return stage }
    }
    return stages[stages.count - 1]
  }
}
