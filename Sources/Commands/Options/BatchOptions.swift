import ArgumentParser
import Checkpoints
import Pictures
import TensorCore

/// How many photos are worked on.
struct BatchOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Photos to work on at once, each with one thread; as many as there are threads, but 8 at most, "
        + "by default.", valueName: "n"))
  var jobs: Int?

  @Option(
    help: ArgumentHelp(
      "Do part i of n, for several machines or processes; the parts do not depend on the order of "
        + "the photos.", valueName: "i/n"),
    transform: { try Shard($0) })
  var shard: Shard?

  @Option(help: "Format of the results in a folder: png, or jpeg for smaller files.")
  var format = Format.png

  @Option(
    help: ArgumentHelp(
      "Write a page that shows every photo before and after.", valueName: "html"))
  var report: String?

  @Flag(help: "Make results again that are there already.")
  var force = false

  /// How results are stored.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case png
    case jpeg

    /// What the files' names end in.
    var suffix: String { self == .png ? ".png" : ".jpg" }
  }

  func validate() throws {
    if let jobs, !(1...256).contains(jobs) {
      throw ValidationError("--jobs is \(jobs): give a number from 1 to 256")
    }
    try requireExtension("html", of: report, "--report")
  }

  /// Photos that are worked on at once.
  var jobCount: Int { jobs ?? min(Parallel.threads, 8) }
}

/// A part of a list that is shared out among several processes.
struct Shard: Equatable {
  /// Which part, from 1.
  let index: Int
  /// How many parts there are.
  let count: Int

  /// `2/8`.
  ///
  /// - Throws: `ValidationError` for anything else.
  init(_ text: String) throws {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let index = parts[0], let count = parts[1], (1...100_000) ~= count,
      (1...count) ~= index
    else {
      throw ValidationError("give i/n with i from 1 to n, as in 2/8")
    }
    self.index = index
    self.count = count
  }

  /// Whether what is called `name` belongs to this part. Its name alone decides, so that all parts
  /// agree even when photos are added meanwhile.
  func contains(_ name: String) -> Bool {
    var hash = ContentHash()
    hash.update(name)
    return Int(hash.value % UInt64(count)) == index - 1
  }

  /// Name of the part's manifest.
  var manifest: String { "manifest-\(index)-of-\(count).jsonl" }
}
