import TensorCore

/// How a segmentation branch is trained.
public struct SegmenterTrainingOptions: Sendable, Equatable, Codable {
  /// Members of the ensemble.
  public var members: Int
  /// Rounds at most: each renders every picture, draws pixels of all and trains every member on
  /// them.
  public var rounds: Int
  /// Rounds without a better score on the pictures held out, after which training ends.
  public var patience: Int
  /// Pictures held out to decide when to end.
  public var heldOut: Int
  /// Times that the pixels of a round are gone through.
  public var epochsPerRound: Int
  /// Pixels of a step.
  public var batch: Int
  /// The highest learning rate of Adam.
  public var rate: Float
  /// Bytes for the features of a round's pixels.
  public var pixelMemory: Int
  /// How far rare classes are favoured, 0 (not) to 1 (all classes alike).
  public var balance: Double
  /// Decay of the moving average of the weights.
  public var averageDecay: Float
  /// Whether the generator's learned constant belongs to the features, as in EditGAN.
  public var includesConstant: Bool
  /// Seed of weights and choice of pixels.
  public var seed: UInt64

  /// Options.
  public init(
    members: Int = 4, rounds: Int = 8, patience: Int = 3, heldOut: Int = 1,
    epochsPerRound: Int = 2, batch: Int = 256, rate: Float = 1e-3,
    pixelMemory: Int = 256 << 20, balance: Double = 0.25, averageDecay: Float = 0.99,
    includesConstant: Bool = true, seed: UInt64 = 0
  ) {
    self.members = members
    self.rounds = rounds
    self.patience = patience
    self.heldOut = heldOut
    self.epochsPerRound = epochsPerRound
    self.batch = batch
    self.rate = rate
    self.pixelMemory = pixelMemory
    self.balance = balance
    self.averageDecay = averageDecay
    self.includesConstant = includesConstant
    self.seed = seed
  }
}

/// A picture's code with the class of each pixel.
public struct LabeledExample {
  /// What messages call it.
  public let name: String
  /// The code `[1, rows, w]`.
  public let wPlus: Tensor
  /// A class for each pixel of the generator's square, row by row; `Annotation.unlabeled` for none.
  public let labels: [UInt8]

  /// A labelled code.
  public init(name: String, wPlus: Tensor, labels: [UInt8]) {
    self.name = name
    self.wPlus = wPlus
    self.labels = labels
  }
}

/// How well a branch labels pictures that it was not trained on.
public struct SegmenterScores: Sendable, Equatable, Codable {
  /// Rounds done.
  public var round: Int
  /// Mean cross-entropy of the labelled pixels.
  public var loss: Double
  /// Share of the pixels inside the letterbox with their true class.
  public var pixelAccuracy: Double
  /// Mean intersection over union of the classes that occur.
  public var meanIoU: Double

  /// What decides between rounds: the mean of pixel accuracy and mean intersection over union. The
  /// loss would favour early rounds: later ones are surer of their mistakes, but make fewer.
  var quality: Double { (pixelAccuracy + meanIoU) / 2 }
}
