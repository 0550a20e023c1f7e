#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A table of attributes of pictures: comma-separated values with names in the first line.
struct AttributeTable {
  /// Names of the columns.
  let columns: [String]
  /// The rows' texts, in the order of the columns.
  let rows: [[String]]
  /// Where it was read.
  let path: String

  /// Reads a table.
  ///
  /// - Throws: `CommandError.noInput`, `.damagedTable`.
  init(_ path: String) throws(CommandError) {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw .noInput(path: path)
    }
    let lines = text.split(whereSeparator: \.isNewline)
    let table = lines.map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    guard let names = table.first, table.count > 1 else {
      throw .damagedTable(path: path, line: 1, reason: "has no rows below its names")
    }
    for (index, row) in table.enumerated() where row.count != names.count {
      throw .damagedTable(
        path: path, line: index + 1,
        reason: "has \(row.count) values, but there are \(names.count) names")
    }
    columns = names
    rows = Array(table.dropFirst())
    self.path = path
  }

  /// Columns in which every text is a number, except those that number the rows.
  var numericColumns: [String] {
    columns.enumerated().filter { index, name in
      !["id", "index", "seed"].contains(name)
        && rows.allSatisfy { Double($0[index])?.isFinite == true }
    }.map(\.element)
  }

  /// The rows by the name of their picture, which stands in the first column; numbers lose leading
  /// zeros, so that `7` names the picture `0007`.
  func rowsByName() -> [String: [String]] {
    Dictionary(rows.map { (Self.key($0[0]), $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// A picture's name as `rowsByName` has it.
  static func key(_ name: String) -> String {
    let short = name.drop { $0 == "0" }
    return short.isEmpty ? "0" : String(short)
  }

  /// The position of a column.
  ///
  /// - Throws: `CommandError.damagedTable` when there is none.
  func position(of column: String) throws(CommandError) -> Int {
    guard let index = columns.firstIndex(of: column) else {
      throw .damagedTable(
        path: path, line: 1,
        reason: "names no column '\(column)' (it has \(columns.joined(separator: ", ")))")
    }
    return index
  }
}
