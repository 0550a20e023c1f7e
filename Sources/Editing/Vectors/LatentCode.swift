import Checkpoints

/// A picture as a point of the generator's latent space, with what is needed to put the result back
/// into the photo.
public struct LatentCode: Equatable, Sendable {
  /// The point in W+.
  public var wPlus: WPlus
  /// What the code belongs to and how it was made.
  public var record: Record

  /// The description stored beside the numbers.
  public struct Record: Codable, Equatable, Sendable {
    /// Fingerprint of the generator.
    public var model: String
    /// Name of the model's domain.
    public var domain: String
    /// Where the picture came from: a photo, or a seed.
    public var source: Source
    /// Optimisation steps after the encoder.
    public var steps: Int
    /// Peak signal-to-noise ratio of the reconstruction in decibels, when there is a photo.
    public var psnr: Double?
    /// Names of the edits that were applied, in order, with their strengths.
    public var edits: [AppliedEdit]

    /// A description.
    public init(
      model: String, domain: String, source: Source, steps: Int, psnr: Double? = nil,
      edits: [AppliedEdit] = []
    ) {
      self.model = model
      self.domain = domain
      self.source = source
      self.steps = steps
      self.psnr = psnr
      self.edits = edits
    }
  }

  /// Where a code came from.
  public enum Source: Codable, Equatable, Sendable {
    /// A part of a photo.
    case photo(PhotoReference)
    /// A random sample; with its label where the generator was trained with labels.
    case sample(seed: UInt64, truncationPsi: Float, label: Int? = nil)
    /// A label map, by the fingerprint of its labels.
    case layout(hash: String)
  }

  /// The photo that was embedded.
  public struct PhotoReference: Codable, Equatable, Sendable {
    /// Fingerprint of the file's bytes.
    public var hash: String
    /// Size of the whole photo in pixels, upright.
    public var width: Int
    /// Size of the whole photo in pixels, upright.
    public var height: Int
    /// The part that was embedded: left, top, width, height in pixels; the smallest upright
    /// rectangle around it when it was turned.
    public var crop: [Int]
    /// The middle of a turned square, x and y, and the way from there to the middle of its right
    /// edge; nil for an upright part.
    public var turned: [Double]?

    /// A reference to a part of a photo.
    public init(
      hash: String, width: Int, height: Int, crop: [Int], turned: [Double]? = nil
    ) {
      self.hash = hash
      self.width = width
      self.height = height
      self.crop = crop
      self.turned = turned
    }
  }

  /// An edit in the history of a code.
  public struct AppliedEdit: Codable, Equatable, Sendable {
    /// Name of the vector.
    public var name: String
    /// Factor that it was multiplied with.
    public var strength: Float

    /// An edit of this name and strength.
    public init(name: String, strength: Float) {
      self.name = name
      self.strength = strength
    }
  }

  /// A code with its description.
  public init(wPlus: WPlus, record: Record) {
    self.wPlus = wPlus
    self.record = record
  }

  private static let format = "semblance.latent-code"

  /// Reads a `.code` file.
  ///
  /// - Throws: `EditingError` when it cannot be read or holds something else.
  public init(contentsOf path: String) throws(EditingError) {
    let file = try RecordFile(contentsOf: path, format: Self.format)
    self.init(wPlus: try file.wPlus("w_plus"), record: try file.record())
  }

  /// Reads a code from bytes; `name` stands in messages.
  ///
  /// - Throws: `EditingError` when they hold something else.
  public init(_ bytes: ByteRegion, named name: String) throws(EditingError) {
    let file = try RecordFile(bytes, named: name, format: Self.format)
    self.init(wPlus: try file.wPlus("w_plus"), record: try file.record())
  }

  /// Writes a `.code` file: the tensor `w_plus` `[rows, width]` and the description as metadata.
  public func write(to path: String) throws(EditingError) {
    try RecordFile.write(record, tensors: ["w_plus": wPlus], format: Self.format, to: path)
  }
}
