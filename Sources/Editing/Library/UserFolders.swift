import Checkpoints

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

/// Where the user's own models, vectors and cached codes lie.
public enum UserFolders {
  /// `$SEMBLANCE_HOME`, or `semblance` in `$XDG_DATA_HOME` (`~/.local/share`).
  public static var data: String {
    environment("SEMBLANCE_HOME")
      ?? ((environment("XDG_DATA_HOME") ?? home + "/.local/share") + "/semblance")
  }

  /// `semblance` in `$XDG_CACHE_HOME` (`~/.cache`).
  public static var cache: String {
    (environment("XDG_CACHE_HOME") ?? home + "/.cache") + "/semblance"
  }

  private static var home: String { environment("HOME") ?? "/tmp" }

  private static func environment(_ name: String) -> String? {
    ProcessInfo.processInfo.environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil }
  }

  static func files(in folder: String, suffix: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(suffix) && !$0.hasPrefix(".") }
      .map { String($0.dropLast(suffix.count)) }.sorted()
  }

  static func folders(in folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { name in
      var isFolder: Bool = false
      return FileManager.default.fileExists(atPath: "\(folder)/\(name)", isDirectory: &isFolder)
        && isFolder
    }.sorted()
  }

  static func byteCount(of path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }

  static func make(_ folder: String) throws(EditingError) {
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw .checkpoint(.unwritable(path: folder, reason: "the folder cannot be made"))
    }
  }
}
