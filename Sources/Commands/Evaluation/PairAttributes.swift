/// The true values of one attribute before and after an edit, as far as a folder of pairs has them.
struct PairAttributes {
  private let rows: [String: [String]]
  private let column: Int

  /// Looks for attributes.csv with rows NAMEa and NAMEb in the folder.
  ///
  /// - Throws: `CommandError.damagedTable` when it has no such column.
  init(_ folder: String, attribute: String) throws(CommandError) {
    let path = "\(folder)/attributes.csv"
    guard FileStatus(of: path) != nil else {
      (rows, column) = ([:], 0)
      return
    }
    let table = try AttributeTable(path)
    column = try table.position(of: attribute)
    rows = table.rowsByName()
  }

  /// The values of the pair whose first photo is `NAMEa.jpg`; nil when they are not known.
  func values(of photo: String) -> (before: Double, after: Double)? {
    let stem = PathText.stem(of: photo)
    guard stem.hasSuffix("a"),
      let before = rows[AttributeTable.key(stem)].flatMap({ Double($0[column]) }),
      let after = rows[AttributeTable.key(stem.dropLast() + "b")].flatMap({ Double($0[column]) })
    else { return nil }
    return (before, after)
  }
}
