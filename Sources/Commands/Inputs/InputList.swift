#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The files that a command works on.
struct InputList: Equatable {
  /// Paths in the order of the command line, files of folders by name.
  let paths: [String]
  /// What the results are called, without extension: the name of the file, behind those of the
  /// folders that lie between it and the folder that was named. No two are the same.
  let names: [String]
  /// Whether the results go to a folder: several files were named, or a folder was.
  let isMany: Bool
  /// Folders that could not be read.
  let unreadable: [String]

  /// The named files, and the pictures and codes in the named folders and their subfolders; hidden
  /// ones are left out. A name with `*`, `?` or `[` that is no file stands for the files that it
  /// matches, and `-` for the files that standard input lists, one in a line or separated by zero
  /// bytes.
  ///
  /// - Parameters:
  ///   - suffixes: what the names of files in folders end with, two at least.
  ///   - output: a folder of results, which is left out of the search when it lies in another.
  ///   - listed: reads standard input.
  /// - Throws: `CommandError.noInput`, `.nothingInFolder`, `.nothingListed` or `.sameOutput`.
  init(
    _ names: [String], suffixes: [String] = [".png", ".jpg", ".jpeg", ".code"],
    output: String? = nil, listed: () -> [UInt8] = Self.standardInput
  ) throws(CommandError) {
    var found = Found(suffixes: suffixes, output: output.flatMap { FileStatus(of: $0) })
    for name in names { try found.add(name, isOnly: names.count == 1, listed) }
    paths = found.files.map(\.path)
    unreadable = found.unreadable
    isMany = found.isMany || paths.count > 1
    self.names = try ResultNames.unique(found.files)
  }

  /// What names stand for.
  private struct Found {
    let suffixes: [String]
    let output: FileStatus?
    var files: [ResultNames.File] = []
    var isMany = false
    var unreadable: [String] = []
    private var known: Set<String> = []

    init(suffixes: [String], output: FileStatus?) {
      self.suffixes = suffixes
      self.output = output
    }

    private var needed: String {
      suffixes.dropLast().joined(separator: ", ") + " or \(suffixes.last ?? "") file"
    }

    mutating func add(_ name: String, isOnly: Bool, _ listed: () -> [UInt8]) throws(CommandError) {
      if name == "-" { return try addList(listed()) }
      guard let status = FileStatus(of: name) else {
        let matches = Self.matches(of: name)
        if !matches.isEmpty {
          isMany = true
          for match in matches { try add(match, isOnly: false, listed) }
          return
        }
        // One among many is reported when its turn comes.
        if isOnly { throw .noInput(path: name) }
        return add(path: name, name: PathText.stem(of: name))
      }
      guard status.isFolder else { return add(path: name, name: PathText.stem(of: name)) }
      isMany = true
      let before = files.count
      search(name.hasSuffix("/") ? name : name + "/", below: "")
      if files.count == before { throw .nothingInFolder(path: name, needed: needed) }
    }

    private mutating func addList(_ bytes: [UInt8]) throws(CommandError) {
      isMany = true
      let separator: UInt8 = bytes.contains(0) ? 0 : UInt8(ascii: "\n")
      let before = files.count
      for line in bytes.split(separator: separator) {
        let path = String(decoding: line, as: UTF8.self)
        if !path.isEmpty { add(path: path, name: PathText.stem(of: path)) }
      }
      if files.count == before { throw .nothingListed }
    }

    private mutating func add(path: String, name: String) {
      if known.insert(path).inserted { files.append(ResultNames.File(path: path, name: name)) }
    }

    /// Adds the pictures and codes of a folder, whose path ends in a slash.
    private mutating func search(_ folder: String, below: String) {
      guard let entries = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
        unreadable.append(folder)
        return
      }
      for entry in entries.sorted() where !entry.hasPrefix(".") {
        let path = folder + entry
        if suffixes.contains(where: entry.lowercased().hasSuffix),
          FileStatus(of: path)?.isFolder != true
        {
          add(path: path, name: below + PathText.stem(of: entry))
        } else if let status = FileStatus(of: path), status.isFolder, status != output,
          !FileStatus.isLink(path)
        {
          search(path + "/", below: "\(below)\(entry)/")
        }
      }
    }

    private static func matches(of pattern: String) -> [String] {
      guard pattern.contains(where: { "*?[".contains($0) }) else { return [] }
      var result = glob_t()
      defer { globfree(&result) }
      guard glob(pattern, 0, nil, &result) == 0 else { return [] }
      return (0..<Int(result.gl_pathc)).compactMap { index in
        result.gl_pathv[index].map { String(cString: $0) }
      }
    }
  }

  private static func standardInput() -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(0, &chunk, chunk.count)
      if count < 0 && errno == EINTR && !Interruption.isRequested { continue }
      if count <= 0 { return bytes }
      bytes += chunk[..<count]
    }
  }
}
