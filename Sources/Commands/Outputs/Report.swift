/// The result of a command for machines.
struct Report<Entry: Encodable>: Encodable {
  /// The command's name.
  var command: String
  /// Domain of the model that worked.
  var model: String
  /// One entry for each input, in their order.
  var results: [Entry]
  /// A picture of all results, when one was asked for.
  var sheet: String?
  /// Seconds that the whole command took.
  var seconds: Double
}

/// An input that could not be worked on, in the place of its result.
struct Outcome<Result: Encodable>: Encodable {
  /// The input.
  var input: String
  /// What came out.
  var result: Result?
  /// Why nothing came out.
  var error: String?

  private enum Key: String, CodingKey {
    case input
    case error
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(input, forKey: .input)
    try container.encodeIfPresent(error, forKey: .error)
    try result?.encode(to: encoder)
  }
}
