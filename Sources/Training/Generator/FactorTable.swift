import Checkpoints
import TensorCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a renderer drew its pictures from: a number for each picture and factor. Factors that are
/// categories are numbers of these categories.
public struct FactorTable: Sendable, Equatable {
  /// One factor of the renderer.
  public struct Column: Sendable, Equatable {
    /// Its name.
    public var name: String
    /// Whether its values are categories; nil when the file does not tell.
    public var isNominal: Bool?
    /// Names of the categories 0, 1, ...; empty when the file does not tell.
    public var categories: [String]

    /// A factor.
    public init(_ name: String, isNominal: Bool? = nil, categories: [String] = []) {
      self.name = name
      self.isNominal = isNominal
      self.categories = categories
    }
  }

  /// The file.
  public let path: String
  /// The factors.
  public private(set) var columns: [Column]
  /// One row of values for each picture.
  public private(set) var rows: [[Float]]
  /// Which picture a row belongs to, by the name of its file; nil when rows are numbered.
  public let pictureNames: [String]?

  /// A table in memory.
  public init(
    path: String = "memory", columns: [Column], rows: [[Float]], pictureNames: [String]? = nil
  ) {
    check(rows.allSatisfy { $0.count == columns.count }, "factors: rows of \(columns.count)")
    self.path = path
    self.columns = columns
    self.rows = rows
    self.pictureNames = pictureNames
  }

  /// Reads a table: `.csv` with a line of names, or `.npy` `[pictures, factors]` whose names stand in
  /// `NAME.json` beside it or in the folder above.
  ///
  /// Columns `name=value` that belong together (1 where the value holds) become one of categories.
  /// A table with commas may begin with a column `id`, `index`, `name`, `file` or `picture`, which
  /// tells the pictures apart; rows are numbered otherwise.
  ///
  /// - Parameter ignored: factors whose name contains one of these words are left out: they say
  ///   nothing that could be learned, such as a seed.
  /// - Throws: `TrainingError.badFactors` or `.checkpoint`.
  public init(contentsOf path: String, ignoring ignored: [String] = ["seed"])
    throws(TrainingError)
  {
    let isText = path.lowercased().hasSuffix(".csv")
    let table = try isText ? Self.text(path) : Self.array(path)
    self.path = path
    (columns, rows, pictureNames) = (table.columns, table.rows, table.pictureNames)
    joinIndicators()
    let kept = columns.indices.filter { index in
      !ignored.contains { !$0.isEmpty && columns[index].name.contains($0) }
    }
    columns = kept.map { columns[$0] }
    rows = rows.map { row in kept.map { row[$0] } }
    guard !columns.isEmpty, !rows.isEmpty else {
      throw .badFactors(path: path, reason: "it holds no factors")
    }
    for (index, row) in rows.enumerated() {
      guard let place = row.firstIndex(where: { !$0.isFinite }) else { continue }
      throw .badFactors(
        path: path, reason: "'\(columns[place].name)' in row \(index) is not a finite number")
    }
  }

  private init(_ path: String, _ columns: [Column], _ rows: [[Float]], _ names: [String]?) {
    (self.path, self.columns, self.rows, pictureNames) = (path, columns, rows, names)
  }

  /// Columns `name=a`, `name=b`, ... become one column `name` with the place of the largest.
  private mutating func joinIndicators() {
    var groups: [String: [Int]] = [:]
    for (index, column) in columns.enumerated() {
      if let (group, _) = Self.parts(of: column.name) { groups[group, default: []].append(index) }
    }
    groups = groups.filter { $0.value.count > 1 }
    if groups.isEmpty { return }
    var joined: [Column] = []
    var sources: [[Int]] = []
    for (index, column) in columns.enumerated() {
      guard let (group, _) = Self.parts(of: column.name), let members = groups[group] else {
        // Where categories are marked as such, everything else is a number.
        joined.append(Column(column.name, isNominal: column.isNominal ?? false))
        sources.append([index])
        continue
      }
      if members.first != index { continue }
      joined.append(
        Column(
          group, isNominal: true,
          categories: members.map { Self.parts(of: columns[$0].name)?.value ?? "" }))
      sources.append(members)
    }
    rows = rows.map { row in
      sources.map { members in
        if members.count == 1 { return row[members[0]] }
        guard members.allSatisfy({ row[$0].isFinite }) else { return .nan }
        let largest = members.indices.max {
          (row[members[$0]], $1) < (row[members[$1]], $0)
        }
        return Float(largest ?? 0)
      }
    }
    columns = joined
  }

  private static func parts(of name: String) -> (group: String, value: String)? {
    guard let sign = name.firstIndex(of: "=") else { return nil }
    return (String(name[..<sign]), String(name[name.index(after: sign)...]))
  }
}

// MARK: Files

extension FactorTable {
  private static let largestText = 256 << 20
  private static let mostColumns = 4096
  private static let keys: Set<String> = ["id", "index", "name", "file", "picture"]

  private static func array(_ path: String) throws(TrainingError) -> FactorTable {
    let values: [Float]
    let shape: [Int]
    do throws(CheckpointError) {
      let checkpoint = try Checkpoint(contentsOf: path)
      guard checkpoint.format == .npy, let array = checkpoint.tensors["array"] else {
        throw CheckpointError.unknownFormat(path: path, isTar: false)
      }
      (values, shape) = (try array.floats(), array.shape)
    } catch { throw .checkpoint(error) }
    guard shape.count == 2, shape[1] <= mostColumns else {
      throw .badFactors(
        path: path,
        reason: "it has the shape \(shape), not [pictures, factors] with at most "
          + "\(mostColumns) factors")
    }
    let width = shape[1]
    let names = try names(beside: path, count: width)
    let rows = (0..<shape[0]).map { Array(values[$0 * width..<($0 + 1) * width]) }
    return FactorTable(path, names.map { Column($0) }, rows, nil)
  }

  private struct NameList: Decodable {
    var columns: [String]?
    var names: [String]?
    var vector: [String]?
  }

  /// The names in `NAME.json`, or numbers.
  private static func names(beside path: String, count: Int) throws(TrainingError) -> [String] {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    let file = FolderContents.stem(String(parts.last ?? "")) + ".json"
    let folder = parts.dropLast().joined(separator: "/")
    let own = parts.count > 1 ? "\(folder)/\(file)" : file
    let above = parts.count > 1 ? "\(folder)/../\(file)" : "../\(file)"
    for candidate in [own, above] {
      guard let data = FileManager.default.contents(atPath: candidate) else { continue }
      let decoder = JSONDecoder()
      let list = try? decoder.decode(NameList.self, from: data)
      guard
        let names = (try? decoder.decode([String].self, from: data))
          ?? list?.columns ?? list?.names ?? list?.vector
      else {
        throw .badFactors(path: candidate, reason: "it holds no list of names")
      }
      guard names.count == count else {
        throw .badFactors(
          path: candidate, reason: "it names \(names.count) factors, \(path) has \(count)")
      }
      return names
    }
    return (0..<count).map { "factor\($0)" }
  }

  private static func text(_ path: String) throws(TrainingError) -> FactorTable {
    let bytes: ByteRegion
    do throws(CheckpointError) { bytes = try ByteRegion(contentsOf: path) } catch {
      throw .checkpoint(error)
    }
    guard bytes.count <= largestText else {
      throw .badFactors(path: path, reason: "it has more than \(largestText >> 20) MB")
    }
    let lines = String(decoding: bytes.array, as: UTF8.self)
      .split(whereSeparator: { $0 == "\n" || $0 == "\r\n" })
    func cells(_ line: Substring) -> [String] {
      line.split(separator: ",", omittingEmptySubsequences: false).map {
        String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
      }
    }
    guard let head = lines.first.map(cells), head.count <= mostColumns else {
      throw .badFactors(path: path, reason: "its first line has no names")
    }
    var table: [[String]] = []
    for (index, line) in lines.dropFirst().enumerated() {
      let row = cells(line)
      guard row.count == head.count else {
        throw .badFactors(
          path: path,
          reason: "line \(index + 2) has \(row.count) values, the first line \(head.count) names")
      }
      table.append(row)
    }
    let hasKeys = keys.contains(head[0].lowercased())
    var columns: [Column] = []
    var values: [[Float]] = []
    for place in (hasKeys ? 1 : 0)..<head.count {
      let texts = table.map { $0[place] }
      let numbers = texts.compactMap { Float($0) }
      if numbers.count == texts.count {
        columns.append(Column(head[place]))
        values.append(numbers)
      } else {
        let categories = Set(texts).sorted()
        let ids = Dictionary(uniqueKeysWithValues: categories.enumerated().map { ($1, $0) })
        columns.append(Column(head[place], isNominal: true, categories: categories))
        values.append(texts.map { Float(ids[$0] ?? 0) })
      }
    }
    let rows = table.indices.map { row in values.map { $0[row] } }
    return FactorTable(path, columns, rows, hasKeys ? table.map { $0[0] } : nil)
  }
}
