#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A JSON value of a model's `config`.
public enum ConfigurationValue: Sendable, Equatable, Codable {
  /// JSON null.
  case null
  /// True or false.
  case bool(Bool)
  /// A whole number.
  case integer(Int)
  /// A number.
  case number(Double)
  /// Text.
  case text(String)
  /// A list.
  case list([ConfigurationValue])
  /// An object.
  case object([String: ConfigurationValue])

  /// Reads any JSON value.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode([ConfigurationValue].self) {
      self = .list(value)
    } else {
      self = .object(try container.decode([String: ConfigurationValue].self))
    }
  }

  /// Writes the JSON value.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    case .list(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }

  /// A list of whole numbers.
  static func integers(_ values: [Int]) -> ConfigurationValue { .list(values.map(Self.integer)) }

  /// A configuration as JSON with sorted keys.
  static func json(_ configuration: [String: ConfigurationValue]) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(configuration) else { return "{}" }
    return String(decoding: data, as: UTF8.self)
  }

  /// The configuration in JSON text, or nil when it is no JSON object.
  static func parse(_ text: String) -> [String: ConfigurationValue]? {
    try? JSONDecoder().decode([String: ConfigurationValue].self, from: Data(text.utf8))
  }
}
