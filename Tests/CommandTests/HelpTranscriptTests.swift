import Foundation
import Testing

@testable import Commands

/// The help of every command, word for word. To record a change that is wanted, run the tests with
/// `RECORD_TRANSCRIPTS=1` and look at the difference.
struct HelpTranscriptTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Transcripts")

  @Test(arguments: [
    "", "embed", "segment", "edit", "apply", "sample", "vector", "vector list", "vector show",
    "vector combine", "vector learn", "vector import", "models", "models list", "models show",
    "import",
    "evaluate", "evaluate embedding", "evaluate editing", "evaluate transfer",
    "evaluate attributes", "evaluate pairs", "evaluate synthesis", "evaluate frechet", "train",
    "train segmenter", "train encoder", "train spade", "train generator",
    "annotate", "synthesize", "masks", "masks check", "manifest", "manifest merge",
    "manifest check", "invert",
  ])
  func help(of command: String) throws {
    let help = try Self.help(of: command.split(separator: " ").map(String.init))
    let name = command.isEmpty ? "semblance" : command.replacingOccurrences(of: " ", with: "-")
    let url = Self.folder.appendingPathComponent("\(name).txt")
    if ProcessInfo.processInfo.environment["RECORD_TRANSCRIPTS"] != nil {
      try Data(help.utf8).write(to: url)
    }
    #expect(help == String(decoding: try Data(contentsOf: url), as: UTF8.self))
    #expect(help.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  /// Every command explains itself with examples.
  @Test func examples() throws {
    for url in try FileManager.default.contentsOfDirectory(
      at: Self.folder, includingPropertiesForKeys: nil)
    {
      let text = String(decoding: try Data(contentsOf: url), as: UTF8.self)
      #expect(text.contains("EXAMPLES:"), "\(url.lastPathComponent)")
      #expect(text.contains("  semblance "), "\(url.lastPathComponent)")
      // An example that is too long would be wrapped in the middle.
      let examples = text.components(separatedBy: "EXAMPLES:\n").dropFirst().first ?? ""
      for line in examples.components(separatedBy: "\n\n")[0].split(separator: "\n") {
        #expect(line.hasPrefix("  semblance "), "\(url.lastPathComponent): \(line)")
      }
    }
  }

  private static func help(of command: [String]) throws -> String {
    do {
      var command = try SemblanceCommand.parseAsRoot(command + ["--help"])
      try command.run()
    } catch {
      return SemblanceCommand.fullMessage(for: error, columns: 80) + "\n"
    }
    throw NoHelp()
  }

  private struct NoHelp: Error {}
}
