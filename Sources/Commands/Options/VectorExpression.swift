import ArgumentParser
import Editing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Vectors with strengths, as they are written on the command line: `smile:0.8+open-mouth:-0.3`.
struct VectorExpression: Equatable {
  /// One vector.
  struct Term: Equatable {
    /// A name or a path.
    var name: String
    /// The strength behind the colon.
    var strength: Float?

    /// A vector without strength.
    init(name: String) { self.name = name }

    /// `NAME`, `FILE`, `NAME:STRENGTH` or `FILE:STRENGTH`.
    ///
    /// - Throws: `ValidationError` when the name is empty or the strength is not a finite number.
    init(_ text: String) throws {
      guard let colon = text.lastIndex(of: ":"), access(text, F_OK) != 0 else {
        guard !text.isEmpty else { throw ValidationError("a vector has no name") }
        name = text
        return
      }
      name = String(text[..<colon])
      guard !name.isEmpty else { throw ValidationError("'\(text)' names no vector") }
      let number = text[text.index(after: colon)...]
      guard let value = Float(number), value.isFinite else {
        throw ValidationError("strength '\(number)' of vector '\(name)' is not a finite number")
      }
      strength = value
    }
  }

  /// The vectors in order.
  var terms: [Term]

  /// Terms joined by `+`.
  ///
  /// - Throws: `ValidationError` for a term that cannot be read.
  init(_ text: String) throws {
    // A file may have any name.
    let isFile = access(text, F_OK) == 0
    let parts = isFile ? [text[...]] : text.split(separator: "+", omittingEmptySubsequences: false)
    terms = try parts.map { try Term(String($0)) }
  }
}

extension VectorLibrary {
  /// The vector that a term names.
  ///
  /// - Parameters:
  ///   - domain: where names are looked up; nil for every domain.
  ///   - option: what chooses a domain, for messages.
  /// - Throws: `CommandError.ambiguousVector` for a name of several domains; `EditingError`.
  func vector(
    for term: VectorExpression.Term, domain: String?, option: String = "--domain"
  ) throws -> EditVector {
    let found = entries.filter { $0.name == term.name && (domain == nil || $0.domain == domain) }
    if found.count > 1 {
      throw CommandError.ambiguousVector(
        name: term.name, domains: found.map(\.domain), option: option)
    }
    return try vector(named: term.name, domain: domain)
  }

  /// The vectors of an expression as one, and the strength to apply it with.
  ///
  /// - Parameter strength: for terms without one of their own; nil for each vector's default.
  func vector(for expression: VectorExpression, strength: Float?, domain: String?) throws
    -> (vector: EditVector, strength: Float)
  {
    let parts = try expression.terms.map { term in
      let vector = try vector(for: term, domain: domain, option: "--model")
      return (vector, term.strength ?? strength ?? vector.record.strength)
    }
    if parts.count == 1 { return parts[0] }
    let name = parts.map { "\($0.0.record.name):\($0.1)" }.joined(separator: "+")
    return (try EditVector.combined(parts, name: name), 1)
  }
}
