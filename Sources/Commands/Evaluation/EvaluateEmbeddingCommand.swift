import ArgumentParser
import Editing

/// `semblance evaluate embedding`.
struct EvaluateEmbeddingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "embedding",
    abstract: "Measure how well photos and their masks are reconstructed.",
    usage: "semblance evaluate embedding <folder> [<options>]",
    discussion: """
      The folder holds photos NAME.jpg with their true masks NAME.png. Scores are means over the \
      set at the model's resolution; the mean intersection over union is that of the classes above \
      0.1 % of the pixels, from one confusion matrix over the set.

      EXAMPLES:
        semblance evaluate embedding faces/test
        semblance evaluate embedding cars/test --model cars --steps 0,100 --json
      """)

  @Argument(help: ArgumentHelp("The folder.", valueName: "folder"))
  var folder: String

  @Option(help: ArgumentHelp("Numbers of steps, separated by commas.", valueName: "n,n"))
  var steps = "0,30,100"

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Only the first photos of the folder.", valueName: "n"))
  var limit: Int?

  @OptionGroup var models: ModelOptions
  @OptionGroup var general: RunOptions

  func validate() throws {
    _ = try counts()
    try requireLimit(limit)
  }

  private func counts() throws -> [Int] {
    try steps.split(separator: ",", omittingEmptySubsequences: false).map { part in
      guard let count = Int(part), (0...100_000).contains(count) else {
        throw ValidationError("--steps: '\(part)' is not a number from 0 to 100000")
      }
      return count
    }
  }

  func run() throws {
    let console = general.begin()
    let items = try PairFolder.photosWithMasks(folder).prefix(limit ?? .max)
    let model = try models.open()
    var results: [EmbeddingAssessment.Scores] = []
    for steps in try counts() {
      var assessment = EmbeddingAssessment(model: model, options: EmbeddingOptions(steps: steps))
      for (index, item) in items.enumerated() {
        let photo = try Photo(contentsOf: item.photo, warn: console.warn)
        let mask = try model.mask(contentsOf: item.mask, for: photo).map
        try assessment.add(
          photo, mask: mask,
          observer: console.observer("\(steps) steps, \(index + 1)/\(items.count)"))
        try Interruption.check()
      }
      console.endProgress()
      let scores = assessment.scores
      console.say(
        "\(steps) steps, \(scores.count) photos: PSNR \(text(scores.psnr, decimals: 2)) dB, "
          + "SSIM \(text(scores.ssim, decimals: 3)), mIoU \(text(scores.meanIoU, decimals: 3)), "
          + "pixel accuracy \(text(scores.pixelAccuracy, decimals: 3))")
      results.append(scores)
    }
    try console.report(results)
  }
}
