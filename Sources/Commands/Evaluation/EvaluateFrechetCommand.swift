import ArgumentParser
import Editing
import Evaluation
import Networks
import Pictures
import TensorCore

/// `semblance evaluate frechet`.
struct EvaluateFrechetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "frechet",
    abstract: "Measure how alike two sets of pictures are (FID).",
    usage: "semblance evaluate frechet <folder> ... --inception <file> [<options>]",
    discussion: """
      The Fréchet distance of the Inception features of the pictures in two folders, or of those in \
      one folder and random pictures of the model. It needs the Inception network of pytorch-fid, \
      pt_inception-2015-12-05-6726825d.pth, as it is or imported. A few thousand pictures of each \
      kind give numbers that can be compared with others.

      EXAMPLES:
        semblance evaluate frechet photos/ edited/ --inception pt_inception.pth
        semblance evaluate frechet photos/ --model my.safetensors --inception i.pth
      """)

  @Argument(help: ArgumentHelp("One folder, or two.", valueName: "folder"))
  var folders: [String]

  @Option(help: ArgumentHelp("The Inception network.", valueName: "file"))
  var inception: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Random pictures; as many as photos if not given.", valueName: "n"))
  var samples: Int?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Seed of the first picture.", valueName: "number"))
  var seed: UInt64 = 0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Truncation psi: 1 for none, 0 for the mean picture.", valueName: "factor"))
  var truncationPsi: Float = 1

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Only the first pictures of each folder.", valueName: "n"))
  var limit: Int?

  @OptionGroup var models: ModelOptions
  @OptionGroup var general: RunOptions

  func validate() throws {
    guard (1...2).contains(folders.count) else {
      throw ValidationError("give one folder or two, not \(folders.count)")
    }
    if folders.count == 2, samples != nil {
      throw ValidationError("--samples has a meaning with one folder only")
    }
    if let samples, !(2...1_000_000).contains(samples) {
      throw ValidationError("--samples is \(samples): give a number from 2 to 1000000")
    }
    guard !seed.addingReportingOverflow(1_000_000).overflow else {
      throw ValidationError("--seed is \(seed): give a number below \(UInt64.max - 1_000_000)")
    }
    try requireFinite(truncationPsi, "--truncation-psi")
    try requireLimit(limit)
  }

  /// What is reported.
  struct Result: Encodable {
    /// The squared distance, in the units of the features.
    var frechetDistance: Double
    /// Pictures of the first set.
    var first: Int
    /// Pictures of the second set.
    var second: Int
    var seconds: Double
  }

  func run() throws {
    let console = general.begin()
    let watch = Stopwatch()
    let network = try InceptionNetwork(contentsOf: inception)
    let sets = try folders.map { folder in
      try InputList([folder], suffixes: [".png", ".jpg", ".jpeg"]).paths.prefix(limit ?? .max)
    }
    for (folder, paths) in zip(folders, sets) where paths.count < 2 {
      throw CommandError.nothingInFolder(path: folder, needed: "second picture")
    }
    // A wrong model should not be found after an hour.
    let model = sets.count == 1 ? try models.open() : nil
    let count = samples ?? min(sets[0].count, 1_000_000)
    func moments(
      _ label: String, _ count: Int, _ picture: (Int) throws -> Picture
    ) throws -> GaussianFit {
      var statistics = FeatureStatistics(length: network.featureCount)
      let show = console.counter(label)
      defer { console.endProgress() }
      for index in 0..<count {
        try Interruption.check()
        let features = try withoutRecording { network(Tensor(try picture(index))) }
        try statistics.add(features)
        show(index + 1, count)
      }
      return try GaussianFit(statistics)
    }
    var fits = try zip(folders, sets).map { folder, paths in
      try moments("features of \(folder)", paths.count) { index in
        try Picture(contentsOf: paths[index], warn: console.warn)
      }
    }
    if let model {
      fits.append(
        try moments("features of \(model.domain)", count) { index in
          let seed = seed + UInt64(index)
          return model.picture(of: try model.sample(seed: seed, truncationPsi: truncationPsi))
        })
    }
    let result = Result(
      frechetDistance: try fits[0].frechetDistance(to: fits[1]), first: sets[0].count,
      second: sets.count == 2 ? sets[1].count : count, seconds: watch.seconds)
    console.say(
      "Fréchet distance \(text(result.frechetDistance, decimals: 3)) of \(result.first) and "
        + "\(result.second) pictures")
    try console.report(result)
  }
}
