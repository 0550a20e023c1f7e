import Checkpoints

/// A stored edit: a difference in W+ that does the same to any picture of the model.
public struct EditVector: Equatable, Sendable {
  /// The difference for strength 1.
  public var delta: WPlus
  /// What the vector does and how it was made.
  public var record: Record

  /// The description stored beside the numbers.
  public struct Record: Codable, Equatable, Sendable {
    /// Name of the edit, for example `smile`.
    public var name: String
    /// Fingerprint of the generator that it was made for.
    public var model: String
    /// Name of the model's domain.
    public var domain: String
    /// Names of the classes that it changes.
    public var classes: [String]
    /// Strength that is used when none is asked for.
    public var strength: Float
    /// Strengths that look right: lowest and highest.
    public var range: [Float]
    /// First row that is not zero, and one past the last.
    public var layers: [Int]
    /// How it was made, in one sentence.
    public var origin: String
    /// Scores measured when it was made, by name.
    public var scores: [String: Double]

    /// A description.
    public init(
      name: String, model: String, domain: String, classes: [String], strength: Float = 1,
      range: [Float] = [-1, 2], layers: [Int], origin: String, scores: [String: Double] = [:]
    ) {
      self.name = name
      self.model = model
      self.domain = domain
      self.classes = classes
      self.strength = strength
      self.range = range
      self.layers = layers
      self.origin = origin
      self.scores = scores
    }
  }

  /// A vector with its description.
  public init(delta: WPlus, record: Record) {
    self.delta = delta
    self.record = record
  }

  private static let format = "semblance.edit-vector"

  /// Reads a vector file.
  ///
  /// - Throws: `EditingError` when it cannot be read or holds something else.
  public init(contentsOf path: String) throws(EditingError) {
    try self.init(RecordFile(contentsOf: path, format: Self.format))
  }

  /// Reads a vector from bytes; `name` stands in messages.
  public init(_ bytes: ByteRegion, named name: String) throws(EditingError) {
    try self.init(RecordFile(bytes, named: name, format: Self.format))
  }

  private init(_ file: RecordFile) throws(EditingError) {
    let record: Record = try file.record()
    let delta = try file.wPlus("delta")
    guard record.strength.isFinite, record.range.count == 2, record.layers.count == 2 else {
      throw .damagedRecord(path: file.path, reason: "strength, range or layers are not valid")
    }
    self.init(delta: delta, record: record)
  }

  /// Writes a vector file: the tensor `delta` `[rows, width]` and the description as metadata.
  public func write(to path: String) throws(EditingError) {
    try RecordFile.write(record, tensors: ["delta": delta], format: Self.format, to: path)
  }

  /// One vector that does what several do one after the other, each with its strength.
  ///
  /// - Throws: `EditingError.vectorsOfDifferentModels` when they do not belong to one model.
  public static func combined(_ parts: [(vector: EditVector, strength: Float)], name: String)
    throws(EditingError) -> EditVector
  {
    guard let first = parts.first?.vector else { throw .nothingToCombine }
    var delta = WPlus.zero(rowCount: first.delta.rowCount, width: first.delta.width)
    var classes: [String] = []
    for (vector, strength) in parts {
      guard vector.record.model == first.record.model, vector.delta.hasSameSize(as: delta) else {
        throw .vectorsOfDifferentModels(
          first.record.name, first.record.model, vector.record.name, vector.record.model)
      }
      delta = delta + vector.delta * strength
      for name in vector.record.classes where !classes.contains(name) { classes.append(name) }
    }
    let terms = parts.map { "\($0.vector.record.name):\($0.strength)" }.joined(separator: " ")
    return EditVector(
      delta: delta,
      record: Record(
        name: name, model: first.record.model, domain: first.record.domain, classes: classes,
        range: first.record.range,
        layers: [
          parts.map { $0.vector.record.layers[0] }.min() ?? 0,
          parts.map { $0.vector.record.layers[1] }.max() ?? delta.rowCount,
        ],
        origin: "combined from \(terms)"))
  }
}

extension LatentCode {
  /// The code moved along a vector.
  ///
  /// - Parameter force: apply it although it was made for another model of the same size.
  /// - Throws: `EditingError.vectorOfOtherModel` or `.vectorOfOtherSize`.
  public func applying(_ vector: EditVector, strength: Float, force: Bool = false)
    throws(EditingError) -> LatentCode
  {
    guard strength.isFinite else { throw .invalidStrength(strength) }
    guard vector.delta.hasSameSize(as: wPlus) else {
      throw .vectorOfOtherSize(
        vector.record.name, expected: [wPlus.rowCount, wPlus.width],
        actual: [vector.delta.rowCount, vector.delta.width])
    }
    guard force || vector.record.model == record.model else {
      throw .vectorOfOtherModel(
        vector.record.name, expected: record.model, actual: vector.record.model)
    }
    var result = self
    result.wPlus = wPlus + vector.delta * strength
    result.record.edits.append(AppliedEdit(name: vector.record.name, strength: strength))
    return result
  }
}
