import Checkpoints
import Networks
import Pictures

/// What a batch does to every photo.
public struct BatchRecipe: Sendable {
  /// The vector with its settings.
  public var application: VectorApplication
  /// How photos are embedded.
  public var embedding: EmbeddingOptions
  /// Where codes of photos are kept; nil when they are not.
  public var cache: EmbeddingCache?
  /// Which part of the photos the model sees.
  public var framing: PhotoFraming
  /// A folder of landmark files `NAME.txt` (`.csv`, `.json`, `.pts`) for photos `NAME.*`; they go
  /// before `framing`.
  public var landmarks: String?
  /// The model's name or path.
  public var model: String
  /// Whether the model computes in the plain, most exact way.
  public var isExact: Bool
  /// Version of the program, which is a part of every result's key.
  public var program: String

  /// A recipe.
  public init(
    application: VectorApplication, model: String, embedding: EmbeddingOptions,
    cache: EmbeddingCache? = nil, framing: PhotoFraming = .centered, landmarks: String? = nil,
    isExact: Bool = false, program: String
  ) {
    self.application = application
    self.model = model
    self.embedding = embedding
    self.cache = cache
    self.framing = framing
    self.landmarks = landmarks
    self.isExact = isExact
    self.program = program
  }

  /// Opens the model.
  func openModel() throws(EditingError) -> JointModel {
    let opened = try ModelLibrary().model(named: model)
    opened.isExact = isExact
    return opened
  }

  /// The settings in words: everything besides photo, vector and model that decides a result.
  public var settings: String {
    let names = application.classes.map(String.init).joined(separator: ",")
    return "embed \(embedding.steps), refine \(application.refinement), "
      + (application.isWhole ? "whole" : "region \(names) + \(application.dilation)")
      + ", crop \(framing.summary)" + (landmarks == nil ? "" : ", landmarks")
      + (isExact ? ", exact" : "") + ", program \(program)"
  }

  /// Fingerprint of the vector's numbers.
  public var vectorHash: String {
    var hash = ContentHash()
    application.vector.delta.values.withUnsafeBytes { hash.update($0) }
    return hash.hexadecimal
  }

  /// Fingerprint of everything that decides the result for a photo.
  ///
  /// - Parameters:
  ///   - inputHash: of the photo's file, and of its landmarks.
  ///   - format: of the result's file.
  func key(inputHash: String, revision: String, format: PictureFormat) -> String {
    var hash = ContentHash()
    hash.update("\(inputHash) \(vectorHash) \(application.strength) \(revision) ")
    hash.update("\(embedding.schedule) \(embedding.weights) \(embedding.priorWeight) ")
    hash.update("\(settings) \(format.rawValue)")
    return hash.hexadecimal
  }

  /// The landmark file of a photo, when there is one.
  func landmarks(of input: String) -> String? {
    landmarks.flatMap { PhotoFraming.landmarks(of: input, in: $0) }
  }
}

extension PhotoFraming {
  /// The framing in a word.
  fileprivate var summary: String {
    switch self {
    case .centered: "auto"
    case .whole: "none"
    case .box(let rect), .exact(let rect):
      "\(rect.left),\(rect.top),\(rect.width),\(rect.height)"
    case .face: "landmarks"
    }
  }
}
