/// What is known about the pairs of a folder: the true values of an attribute before and after the
/// edit, and what else a list of pairs says.
struct PairAttributes {
  private let values: [String: [String]]
  private let column: Int
  private let list: AttributeTable?
  /// The rows of the list by the number of their pair.
  private let entries: [String: [String]]

  /// Looks for attributes.csv with rows NAMEa and NAMEb in the folder, and for pairs.csv beside the
  /// folder with columns `edit` (the folder's name) and `index` (the number of the pair).
  ///
  /// - Throws: `CommandError.damagedTable` when a table has no such column.
  init(_ folder: String, attribute: String) throws(CommandError) {
    let path = "\(folder)/attributes.csv"
    if FileStatus(of: path) != nil {
      let table = try AttributeTable(path)
      column = try table.position(of: attribute)
      values = table.rowsByName()
    } else {
      (values, column) = ([:], 0)
    }
    let listed = "\(folder)/../pairs.csv"
    if FileStatus(of: listed) != nil {
      let table = try AttributeTable(listed)
      let (edit, index) = (try table.position(of: "edit"), try table.position(of: "index"))
      let name = PathText.name(of: folder.hasSuffix("/") ? String(folder.dropLast()) : folder)
      entries = Dictionary(
        table.rows.filter { $0[edit] == name }.map { (AttributeTable.key($0[index]), $0) },
        uniquingKeysWith: { first, _ in first })
      list = table
    } else {
      (entries, list) = ([:], nil)
    }
  }

  /// The values of the pair whose first photo is `NAMEa.jpg`; nil when they are not known.
  func values(of photo: String) -> (before: Double, after: Double)? {
    let stem = PathText.stem(of: photo)
    guard stem.hasSuffix("a"),
      let before = values[AttributeTable.key(stem)].flatMap({ Double($0[column]) }),
      let after = values[AttributeTable.key(stem.dropLast() + "b")].flatMap({ Double($0[column]) })
    else { return nil }
    return (before, after)
  }

  /// Whether the attribute, or else the parameter of the list, falls from the first photo to the
  /// second.
  ///
  /// - Throws: `CommandError.damagedTable` when the list has no columns `before` and `after`.
  func falls(_ photo: String) throws(CommandError) -> Bool {
    if let values = values(of: photo) { return values.after < values.before }
    guard let list, let entry = entry(of: photo),
      let before = Double(entry[try list.position(of: "before")]),
      let after = Double(entry[try list.position(of: "after")])
    else { return false }
    return after < before
  }

  /// A text in which `{COLUMN}` stands for what the list says about the pair.
  ///
  /// - Throws: `CommandError.damagedTable` for a column that the list does not have.
  func filled(_ text: String, for photo: String) throws(CommandError) -> String {
    var result = ""
    var rest = text[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      result += rest[..<open]
      let name = String(rest[rest.index(after: open)..<close])
      guard let list, let entry = entry(of: photo) else {
        throw .damagedTable(
          path: "pairs.csv", line: 1, reason: "has no row for '\(PathText.stem(of: photo))'")
      }
      result += entry[try list.position(of: name)]
      rest = rest[rest.index(after: close)...]
    }
    return result + rest
  }

  private func entry(of photo: String) -> [String]? {
    entries[AttributeTable.key(String(PathText.stem(of: photo).prefix { $0.isNumber }))]
  }
}
