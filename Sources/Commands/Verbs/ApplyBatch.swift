import ArgumentParser
import Editing
import Networks
import Pictures

extension ApplyCommand {
  /// Most photos that a sheet shows: it is held in memory as a whole.
  private static let longestSheet = 64

  /// What is reported about a photo.
  private struct Result: Encodable {
    var input: String
    var output: String?
    var code: String?
    var psnr: Double?
    var regionPixels: Int?
    var outsideChange: Double?
    var seconds: Double?
    var error: String?

    init(_ record: BatchRecord, in folder: String) {
      input = record.input
      output = record.isDone ? OutputPlan.path(of: record.output, in: folder) : nil
      code = record.code
      psnr = record.metrics?.psnr
      regionPixels = record.metrics?.regionPixels
      outsideChange = record.metrics?.outsideChange
      seconds = record.seconds?.total
      error = record.error
    }
  }

  /// What is reported about the batch.
  private struct Summary: Encodable {
    var total: Int
    var made: Int
    var skipped: Int
    var failed: Int
    var seconds: Double
    var manifest: String

    init(_ summary: BatchSummary) {
      total = summary.progress.total
      made = summary.progress.made
      skipped = summary.progress.skipped
      failed = summary.progress.failed
      seconds = summary.progress.seconds.rounded(decimals: 3)
      manifest = summary.manifest
    }
  }

  /// Applies the vector to many photos, whose results go to a folder.
  func runBatch(_ list: InputList, check: OutputCheck, console: Console) throws {
    let items = try items(of: list, check: check)
    if sheet != nil, items.count > Self.longestSheet {
      throw CommandError.sheetTooLong(count: items.count, limit: Self.longestSheet)
    }
    let (recipe, name, domain, emptySheet) = try recipe(console)
    var run = BatchRun(recipe: recipe, items: items, folder: output)
    run.manifest = batch.shard?.manifest ?? run.manifest
    run.jobs = batch.jobCount
    // A sheet shows what this run has seen.
    run.isForced = batch.force || sheet != nil
    run.wantsViews = sheet != nil
    run.keepsThumbnails = batch.report != nil
    var rows: [Int: BatchViews] = [:]
    defer { console.endProgress() }
    let summary = try run.run(
      shouldStop: { Interruption.isRequested }, progressed: console.show
    ) { event in
      switch event {
      case .made(let index, _, let views): rows[index] = views
      case .failed(_, let record): console.fail(record.error ?? "")
      case .warning(let text): console.warn(text)
      }
    }
    console.endProgress()
    if let sheet, !rows.isEmpty {
      try draw(rows, emptySheet).write(to: sheet)
      console.say("\(sheet): before and after")
    }
    if let report = batch.report {
      try BatchReport(on: run, summary: summary, title: "\(name): \(output)").write(to: report)
      console.say("\(report): every photo before and after")
    }
    try tell(summary, of: run, name: name, domain: domain, console)
    let progress = summary.progress
    if summary.wasStopped, let signal = Interruption.signal {
      throw CommandError.batchInterrupted(
        signal: signal, done: progress.made + progress.skipped, total: progress.total)
    }
    if progress.failed > 0 { throw ExitCode.failure }
  }

  /// The photos of this process's part and where their results go.
  private func items(of list: InputList, check: OutputCheck) throws -> [BatchItem] {
    if FileStatus(of: output) == nil, !output.hasSuffix("/"),
      PathText.name(of: output).contains(".")
    {
      throw CommandError.folderNeeded(path: output, results: list.paths.count)
    }
    // Its results would be the photos of the next run.
    if let folder = FileStatus(of: output), inputs.contains(where: { FileStatus(of: $0) == folder })
    {
      throw CommandError.outputIsInput(path: output)
    }
    try check.requireFolders(output)
    if let saveCode {
      guard FileStatus(of: saveCode)?.isFolder != false else {
        throw CommandError.outputIsFile(path: saveCode)
      }
      try check.requireFolders(saveCode)
    }
    var items: [BatchItem] = []
    for (path, name) in zip(list.paths, list.names) {
      if let shard = batch.shard, !shard.contains(name) { continue }
      let code = saveCode.map { OutputPlan.path(of: name + ".code", in: $0) }
      let item = BatchItem(input: path, output: name + batch.format.suffix, code: code)
      try check.requireNoInput(OutputPlan.path(of: item.output, in: output))
      if let code {
        try check.requireNoInput(code)
        try OutputPlan.make(PathText.folder(of: code))
      }
      items.append(item)
    }
    return items
  }

  /// What is done to every photo. The model is not held: each worker opens its own.
  private func recipe(_ console: Console) throws
    -> (recipe: BatchRecipe, name: String, domain: String, sheet: EditSheet)
  {
    let (model, application) = try open(console)
    let recipe = BatchRecipe(
      application: application, model: models.model ?? application.vector.record.domain,
      embedding: photos.embedding,
      // The encoder alone is faster than a file.
      cache: photos.noCache || photos.embedSteps == 0 ? nil : .standard,
      framing: framing.cropFraming, landmarks: framing.landmarks, isExact: models.exact,
      program: SemblanceCommand.version)
    return (
      recipe, application.vector.record.name, model.domain,
      EditSheet(model: model, columns: EditViews.columns.count)
    )
  }

  private func draw(_ rows: [Int: BatchViews], _ empty: EditSheet) -> Picture {
    var sheet = empty
    for (_, views) in rows.sorted(by: { $0.key < $1.key }) {
      sheet.append(views.before, EditViews.columns[0])
      sheet.append(views.after, EditViews.columns[1])
      sheet.append(views.maskBefore, EditViews.columns[2])
      sheet.append(views.maskAfter, EditViews.columns[3])
      sheet.append(views.reconstruction, EditViews.columns[4])
    }
    return sheet.picture
  }

  private func tell(
    _ summary: BatchSummary, of run: BatchRun, name: String, domain: String, _ console: Console
  ) throws {
    let progress = summary.progress
    var line = "\(output): \(name) applied to \(progress.made) of \(progress.total) photos in "
    line += "\(text(progress.seconds, decimals: 1)) s"
    if progress.made > 0 { line += " (\(text(progress.rate, decimals: 1)) photos/s)" }
    if progress.skipped > 0 { line += "; \(progress.skipped) were done already" }
    if progress.failed > 0 { line += "; \(progress.failed) failed, the others are done" }
    console.say(line + "; \(summary.manifest) tells about each")
    guard general.json else { return }
    // One after the other: there may be more than memory holds.
    let results = try BatchResults(of: run)
    console.report(text: "{\"command\": \"apply\", \"model\": \(try Console.json(domain)),\n")
    console.report(text: " \"results\": [")
    var separator = "\n  "
    for item in run.items {
      guard let record = results.record(of: item) else { continue }
      console.report(text: separator + (try Console.json(Result(record, in: output))))
      separator = ",\n  "
    }
    console.report(text: "\n ],\n")
    if let sheet { console.report(text: " \"sheet\": \(try Console.json(sheet)),\n") }
    if let report = batch.report {
      console.report(text: " \"report\": \(try Console.json(report)),\n")
    }
    console.report(text: " \"summary\": \(try Console.json(Summary(summary)))}\n")
  }
}
