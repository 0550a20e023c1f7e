import ArgumentParser
import Editing

/// `semblance manifest`: what batches wrote down.
struct ManifestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manifest",
    abstract: "Join and check the manifests of batches.",
    discussion: """
      A manifest has one JSON object in a line for each photo that 'semblance apply' looked after: \
      fingerprints of photo, result, vector and model, settings, timings, measurements and errors.

      EXAMPLES:
        semblance manifest merge out/manifest-*.jsonl -o all.jsonl
        semblance manifest check out/
      """,
    subcommands: [ManifestMergeCommand.self, ManifestCheckCommand.self])
}

/// `semblance manifest merge`.
struct ManifestMergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Join manifests into one.",
    usage: "semblance manifest merge <manifest> ... -o <file>",
    discussion: """
      The result has one line for each photo, that of the latest work on it; a result goes before a \
      failure.

      EXAMPLES:
        semblance manifest merge out/manifest-*.jsonl -o all.jsonl
      """)

  @Argument(help: ArgumentHelp("Manifests of one folder of results.", valueName: "manifest"))
  var manifests: [String]

  @Option(name: .shortAndLong, help: ArgumentHelp("The manifest of all.", valueName: "file"))
  var output: String

  @Flag(help: "Print the result as one JSON object.")
  var json = false

  func validate() throws { try requireExtension("jsonl", of: output, "--output") }

  /// What is reported.
  struct Result: Encodable {
    var output: String
    var done: Int
    var failed: Int
    var damaged: Int
  }

  func run() throws {
    let console = Console(writesJSON: json)
    try OutputCheck(inputs: manifests).requireFile(output)
    let outcome = try BatchManifestMerge.merge(manifests, into: output)
    if outcome.damaged > 0 {
      console.warn("\(outcome.damaged) lines are no records and were left out")
    }
    console.say("\(output): \(outcome.done) photos are done, \(outcome.failed) failed")
    try console.report(
      Result(
        output: output, done: outcome.done, failed: outcome.failed, damaged: outcome.damaged))
  }
}

/// `semblance manifest check`.
struct ManifestCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Compare the results in a folder with its manifests.",
    discussion: """
      Every result is read and compared with its fingerprint. The exit code is 1 when one is missing \
      or was changed, or when a photo failed.

      EXAMPLES:
        semblance manifest check out/
      """)

  @Argument(help: ArgumentHelp("A folder of results.", valueName: "folder"))
  var folder: String

  @Flag(help: "Print the result as one JSON object.")
  var json = false

  /// What is reported.
  struct Result: Encodable {
    var folder: String
    var intact: Int
    var failed: [String]
    var missing: [String]
    var changed: [String]
  }

  func run() throws {
    let console = Console(writesJSON: json)
    guard FileStatus(of: folder)?.isFolder == true else {
      throw CommandError.noInput(path: folder)
    }
    let check = try BatchCheck(of: folder)
    for output in check.failed { console.fail("\(output): there is no result, the photo failed") }
    for output in check.missing { console.fail("\(output): the result is missing") }
    for output in check.changed { console.fail("\(output): the result was changed") }
    console.say("\(folder): \(check.intact) results are as they were written")
    try console.report(
      Result(
        folder: folder, intact: check.intact, failed: check.failed, missing: check.missing,
        changed: check.changed))
    if check.failed.count + check.missing.count + check.changed.count > 0 {
      throw ExitCode.failure
    }
  }
}
