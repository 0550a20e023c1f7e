import Checkpoints
import Evaluation
import Networks
import Pictures
import TensorCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// One of the threads of a batch, with a model of its own.
struct BatchWorker {
  private let run: BatchRun
  private let folder: BatchFolder
  private let manifest: BatchManifest
  private let queue: BatchQueue
  private let model: JointModel
  private let stamp: FileStamp?
  private let vectorHash: String
  private let settings: String

  /// - Throws: `EditingError` when the model cannot be opened.
  init(run: BatchRun, folder: BatchFolder, manifest: BatchManifest, queue: BatchQueue)
    throws(EditingError)
  {
    self.run = run
    self.folder = folder
    self.manifest = manifest
    self.queue = queue
    let model = try run.recipe.openModel()
    self.model = model
    stamp = Self.stamp(of: model)
    vectorHash = run.recipe.vectorHash
    settings = run.recipe.settings
  }

  /// Makes the result for a photo, unless it is there or another process makes it.
  ///
  /// - Throws: `EditingError` when the batch cannot go on.
  func work(on index: Int) throws(EditingError) {
    let item = run.items[index]
    guard Self.stamp(of: model) == stamp else { throw .modelReplaced(path: model.path) }
    let start = ContinuousClock.now
    var record = emptyRecord(item)
    let bytes: [UInt8]
    let key: String
    let framing: PhotoFraming
    do throws(EditingError) {
      bytes = try Self.read(item.input)
      let landmarks = run.recipe.landmarks(of: item.input)
      let inputHash = FileFingerprint.of(bytes)
      let extra = try landmarks.map { (path) throws(EditingError) in
        FileFingerprint.of(try Self.read(path))
      }
      record.inputHash = inputHash
      key = run.recipe.key(
        inputHash: inputHash + (extra ?? ""), revision: model.revision,
        format: try Self.format(item.output))
      record.key = key
      framing =
        try landmarks.map { (path) throws(EditingError) in
          try PhotoFraming(landmarks: path)
        } ?? run.recipe.framing
    } catch { return try fail(index, record, error) }
    if isThere(item, key) { return queue.skip() }
    guard folder.claim(item.output) else { return queue.postpone(index) }
    defer { folder.release(item.output) }
    // Another process may have made it since the manifest was read.
    manifest.refresh()
    if isThere(item, key) { return queue.skip() }
    try make(
      index, record, BatchSource(bytes: bytes, framing: framing, key: key), since: start)
  }

  /// What a result is made of.
  private struct BatchSource {
    let bytes: [UInt8]
    let framing: PhotoFraming
    let key: String
  }

  private func make(
    _ index: Int, _ empty: BatchRecord, _ source: BatchSource, since start: ContinuousClock.Instant
  ) throws(EditingError) {
    let item = run.items[index]
    var record = empty
    var warnings: [String] = []
    let outcome: VectorApplication.Outcome
    let photo: Photo?
    let encoded: [UInt8]
    do throws(EditingError) {
      try requireOwnResult(item, record)
      let opened = try OpenedInput(source.bytes, path: item.input, framing: source.framing) {
        warnings.append($0)
      }
      photo = opened.photo
      if photo == nil && !run.recipe.application.isWhole {
        warnings.append("\(item.input) is a code: the generator's whole picture is written")
      }
      let code = try embed(opened)
      let embedded = ContinuousClock.now
      if queue.isStopped { return }
      outcome = try run.recipe.application(code, photo: photo, model: model) { [queue] _ in
        !queue.isStopped
      }
      if queue.isStopped { return }
      encoded = try Self.encode(outcome.picture, for: item.output)
      record.seconds = BatchRecord.Timings(
        embed: Self.seconds(embedded - start), edit: Self.seconds(.now - embedded), total: 0)
    } catch { return try fail(index, record, error) }
    record.metrics = metrics(outcome)
    record.warnings = warnings.isEmpty ? nil : warnings
    let needsViews = run.wantsViews || run.keepsThumbnails
    let views = needsViews ? try BatchViews(of: outcome, photo: photo, model: model) : nil
    // From here on an error is the folder's and not the photo's, and the next photo's as well.
    if run.keepsThumbnails, let views {
      try BatchThumbnails(in: folder).store(views, key: source.key, palette: model.palette)
    }
    try store(outcome, encoded, of: item, in: &record)
    record.seconds?.total = Self.seconds(.now - start)
    record.finished = Self.now
    try manifest.append(record)
    queue.note(.made(index, record, run.wantsViews ? views : nil))
    for warning in warnings { queue.note(.warning(warning)) }
  }

  private func embed(_ input: OpenedInput) throws(EditingError) -> LatentCode {
    if let code = input.code {
      guard code.record.model == model.fingerprint else {
        throw .codeOfOtherModel(
          path: input.path, expected: model.fingerprint, actual: code.record.model)
      }
      return code
    }
    guard let photo = input.photo else {
      throw .damagedRecord(path: input.path, reason: "neither photo nor code")
    }
    return try model.embed(photo, options: run.recipe.embedding, cache: run.recipe.cache) {
      [queue] _ in !queue.isStopped
    }
  }

  private func store(
    _ outcome: VectorApplication.Outcome, _ encoded: [UInt8], of item: BatchItem,
    in record: inout BatchRecord
  ) throws(EditingError) {
    if let path = item.code {
      try outcome.code.write(to: path)
      record.code = path
      record.codeHash = FileFingerprint.of(try Self.read(path))
    } else {
      var hash = ContentHash()
      outcome.code.wPlus.values.withUnsafeBytes { hash.update($0) }
      record.codeHash = hash.hexadecimal
    }
    try folder.makeFolder(of: item.output)
    do throws(PictureError) {
      try PictureFile.write(encoded, to: folder.path(of: item.output))
    } catch { throw .picture(error) }
    record.outputHash = FileFingerprint.of(encoded)
  }

  /// Whether the manifest knows a result of this key and its files are as they were written.
  private func isThere(_ item: BatchItem, _ key: String) -> Bool {
    guard !run.isForced, let entry = manifest.entry(of: item.output), entry.key == key,
      let hash = entry.outputHash, hash == FileFingerprint.of(folder.path(of: item.output))
    else { return false }
    if let code = item.code {
      guard entry.code == code, entry.codeHash == FileFingerprint.of(code) else { return false }
    }
    return !run.keepsThumbnails || BatchThumbnails(in: folder).has(key)
  }

  /// Throws when the result's name belongs to another photo, whose result would be lost.
  private func requireOwnResult(_ item: BatchItem, _ record: BatchRecord) throws(EditingError) {
    guard !run.isForced, let entry = manifest.entry(of: item.output), entry.outputHash != nil,
      let other = manifest.record(of: entry), other.input != item.input,
      other.inputHash != record.inputHash,
      FileFingerprint.of(folder.path(of: item.output)) == entry.outputHash
    else { return }
    throw .resultOfOtherPhoto(path: folder.path(of: item.output), photo: other.input)
  }

  private func fail(_ index: Int, _ failed: BatchRecord, _ error: EditingError)
    throws(EditingError)
  {
    var record = failed
    record.error = error.text
    record.finished = Self.now
    try manifest.append(record)
    queue.note(.failed(index, record))
  }

  private func emptyRecord(_ item: BatchItem) -> BatchRecord {
    BatchRecord(
      input: item.input, output: item.output, vector: run.recipe.application.vector.record.name,
      vectorHash: vectorHash, model: model.domain, modelRevision: model.revision,
      strength: run.recipe.application.strength, settings: settings)
  }

  private func metrics(_ outcome: VectorApplication.Outcome) -> BatchRecord.Metrics {
    let visible = outcome.region.inside(model.letterbox.valid)
    let change = ImageQuality.meanAbsoluteChange(
      Tensor(outcome.before.picture), Tensor(outcome.after.picture), outside: visible.bits)[0]
    return BatchRecord.Metrics(
      psnr: outcome.code.record.psnr.map { Self.rounded($0) }, regionPixels: outcome.region.count,
      outsideChange: Self.rounded(change * 255))
  }

  private static func stamp(of model: JointModel) -> FileStamp? {
    // A model inside the program has a name and no file.
    model.path.hasSuffix(".safetensors") ? FileStamp(of: model.path) : nil
  }

  private static func read(_ path: String) throws(EditingError) -> [UInt8] {
    do throws(PictureError) { return try PictureFile.bytes(at: path) } catch {
      throw .picture(error)
    }
  }

  private static func format(_ path: String) throws(EditingError) -> PictureFormat {
    do throws(PictureError) { return try PictureFormat(extensionOf: path) } catch {
      throw .picture(error)
    }
  }

  private static func encode(_ picture: Picture, for path: String) throws(EditingError) -> [UInt8] {
    let format = try format(path)
    do throws(PictureError) { return try picture.encoded(as: PictureEncoding(format)) } catch {
      throw .picture(error)
    }
  }

  private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }

  private static func seconds(_ duration: Duration) -> Double { rounded(duration / .seconds(1)) }

  private static var now: String { Date().formatted(.iso8601) }
}
