import Editing

/// The vectors that are compared, some of which depend on the pair.
struct PairedVectors {
  private let session: Session
  private let texts: [String]
  private let library = VectorLibrary()
  private var opened: [String: EditVector] = [:]

  /// Vectors as they are written on the command line; `{COLUMN}` stands for what the list of pairs
  /// says.
  init(session: Session, texts: [String]) {
    self.session = session
    self.texts = texts
  }

  /// The vectors for one pair, each with the name that it has in the report.
  ///
  /// - Throws: `EditingError`, `CommandError`, `ValidationError`.
  mutating func vectors(for photo: String, known: PairAttributes) throws -> [(
    name: String, vector: EditVector
  )] {
    try texts.map { text in
      let vector = try vector(known.filled(text, for: photo))
      return (text.contains("{") ? text : vector.record.name, vector)
    }
  }

  /// The vector of an expression; a file is read once.
  mutating func vector(_ text: String) throws -> EditVector {
    if let vector = opened[text] { return vector }
    let found = try library.vector(
      for: VectorExpression(text), strength: 1, domain: session.model.domain)
    try session.requireFit(found.vector, force: false)
    opened[text] = found.vector
    return found.vector
  }
}
