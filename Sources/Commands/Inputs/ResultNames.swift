import Checkpoints

/// What results of several files are called in one folder.
enum ResultNames {
  /// A file and the name that its result would have, without extension.
  struct File: Equatable {
    let path: String
    let name: String
  }

  /// Names that differ in more than the case of their letters.
  ///
  /// Files that would share a name keep their extensions in it (`a.jpg` and `a.png` beside each
  /// other); files from different folders that still share it get a number made of their path. A
  /// name depends on the list alone, so that a second run finds the results of the first.
  ///
  /// - Throws: `CommandError.sameOutput` when even these numbers are the same.
  static func unique(_ files: [File]) throws(CommandError) -> [String] {
    var levels = [Int](repeating: 0, count: files.count)
    var names: [String] = []
    for level in 0..<3 {
      names = zip(files, levels).map(name)
      var counts: [String: Int] = [:]
      for name in names { counts[name.lowercased(), default: 0] += 1 }
      let shared = names.indices.filter { counts[names[$0].lowercased(), default: 0] > 1 }
      if shared.isEmpty { return names }
      if level == 2, let last = shared.last {
        let first = shared.first { names[$0].lowercased() == names[last].lowercased() } ?? last
        throw .sameOutput(
          path: names[last], first: files[first].path, second: files[last].path)
      }
      for index in shared { levels[index] = level + 1 }
    }
    return names
  }

  private static func name(_ file: File, _ level: Int) -> String {
    switch level {
    case 0: return file.name
    case 1:
      let name = PathText.name(of: file.path)
      return file.name + name.dropFirst(PathText.stem(of: name).count).lowercased()
    default:
      var hash = ContentHash()
      hash.update(file.path)
      return "\(file.name)-\(hash.hexadecimal.prefix(8))"
    }
  }
}
