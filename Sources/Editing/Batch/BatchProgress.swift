/// A photo of a batch and where its results go.
public struct BatchItem: Equatable, Sendable {
  /// The photo's path.
  public let input: String
  /// The result's path in the folder of the batch; its extension decides the format.
  public let output: String
  /// Where the edited code goes; nil when it is not stored.
  public let code: String?

  /// An item.
  public init(input: String, output: String, code: String? = nil) {
    self.input = input
    self.output = output
    self.code = code
  }
}

/// How far a batch has come.
public struct BatchProgress: Equatable, Sendable {
  /// Photos in all.
  public var total: Int
  /// Results that were made.
  public var made = 0
  /// Results that were there already.
  public var skipped = 0
  /// Photos without result.
  public var failed = 0
  /// Seconds since the work began.
  public var seconds = 0.0

  /// No work on `total` photos.
  public init(total: Int) { self.total = total }

  /// Photos that are looked after.
  public var handled: Int { made + skipped + failed }

  /// Results that are made in a second; 0 before the first.
  public var rate: Double { seconds > 0 ? Double(made) / seconds : 0 }

  /// Seconds that the rest will take; nil before the first result.
  public var secondsLeft: Double? { made > 0 ? Double(total - handled) / rate : nil }
}

/// What happens while a batch is at work.
public enum BatchEvent: Sendable {
  /// A result was made; views of it when they are wanted.
  case made(Int, BatchRecord, BatchViews?)
  /// A photo has no result.
  case failed(Int, BatchRecord)
  /// Something worth knowing.
  case warning(String)
}

/// What a batch came to.
public struct BatchSummary: Sendable {
  /// Counts and time.
  public let progress: BatchProgress
  /// Whether it was stopped before the end.
  public let wasStopped: Bool
  /// The manifest.
  public let manifest: String
}
