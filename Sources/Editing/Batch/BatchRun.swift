import Networks
import Pictures
import TensorCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Applies a recipe to many photos, whose results go to a folder with a manifest.
///
/// A result is named by what decides it: photo, vector, model and settings. What is there already is
/// not made again, so a run that was ended in any way is finished by the same run. Results appear
/// whole, their lines in the manifest after them; nothing but the photos in hand is lost. Several
/// processes may fill one folder.
public struct BatchRun: Sendable {
  /// What is done to every photo.
  public var recipe: BatchRecipe
  /// The photos.
  public var items: [BatchItem]
  /// The folder of the results.
  public var folder: String
  /// Name of the manifest in the folder; several manifests of a folder begin with `manifest` and end
  /// in `.jsonl`.
  public var manifest: String
  /// Photos that are worked on at once. One is worked on with all threads, several with one each.
  public var jobs: Int
  /// Whether results are made again that are there already.
  public var isForced: Bool
  /// Whether views come with every result that is made.
  public var wantsViews: Bool
  /// Whether what a report shows is kept for each result; results without it are made again.
  public var keepsThumbnails: Bool

  /// A run.
  public init(
    recipe: BatchRecipe, items: [BatchItem], folder: String,
    manifest: String = "manifest.jsonl", jobs: Int = 1, isForced: Bool = false,
    wantsViews: Bool = false, keepsThumbnails: Bool = false
  ) {
    self.recipe = recipe
    self.items = items
    self.folder = folder
    self.manifest = manifest
    self.jobs = jobs
    self.isForced = isForced
    self.wantsViews = wantsViews
    self.keepsThumbnails = keepsThumbnails
  }

  /// Works until every photo is looked after.
  ///
  /// - Parameters:
  ///   - shouldStop: asked all the time; `true` leaves what is in hand and ends the run.
  ///   - progressed: called a few times a second on the calling thread.
  ///   - handle: called on the calling thread with everything that happens.
  /// - Throws: `EditingError` when nothing more can be done: the folder cannot be written, the model
  ///   was replaced. A photo that cannot be worked on is an event and not an error.
  public func run(
    shouldStop: () -> Bool = { false }, progressed: (BatchProgress) -> Void = { _ in },
    handle: (BatchEvent) throws -> Void
  ) throws -> BatchSummary {
    let codes = items.lazy.compactMap(\.code).first.map(Self.folder)
    let folder = try BatchFolder(self.folder, codes: codes)
    let manifest = try BatchManifest(in: folder, name: self.manifest)
    if manifest.wasTorn {
      try handle(.warning("\(manifest.path): a half-written last line was removed"))
    }
    if manifest.damagedLines > 0 {
      try handle(
        .warning("\(self.folder): \(manifest.damagedLines) lines of manifests are no records"))
    }
    let workerCount = max(1, min(jobs, items.count))
    let threads = Parallel.threads
    if workerCount > 1 { Parallel.threads = 1 }
    defer { Parallel.threads = threads }
    let queue = BatchQueue(count: items.count)
    let workers = (0..<workerCount).compactMap { _ in
      WorkerThread { [self] in
        work(folder, manifest, queue)
        queue.leave()
      }
    }
    guard !workers.isEmpty else {
      throw EditingError.batchFolder(path: self.folder, reason: "the system gives no thread")
    }
    defer {
      queue.stop()
      for worker in workers { worker.join() }
    }
    let progress = try follow(
      queue, workers: workers.count, shouldStop: shouldStop, progressed: progressed, handle: handle)
    if let failure = queue.failure { throw failure }
    return BatchSummary(
      progress: progress, wasStopped: progress.handled < items.count, manifest: manifest.path)
  }

  /// Passes on what happens until all workers have ended.
  private func follow(
    _ queue: BatchQueue, workers: Int, shouldStop: () -> Bool,
    progressed: (BatchProgress) -> Void, handle: (BatchEvent) throws -> Void
  ) throws -> BatchProgress {
    let start = ContinuousClock.now
    while true {
      if shouldStop() { queue.stop() }
      var news = queue.news()
      for event in news.events { try handle(event) }
      news.progress.seconds = (ContinuousClock.now - start) / .seconds(1)
      progressed(news.progress)
      if news.idleWorkers == workers, news.events.isEmpty { return news.progress }
      usleep(5000)
    }
  }

  private func work(_ folder: BatchFolder, _ manifest: BatchManifest, _ queue: BatchQueue) {
    do throws(EditingError) {
      let worker = try BatchWorker(run: self, folder: folder, manifest: manifest, queue: queue)
      while true {
        switch queue.next() {
        case .take(let index): try worker.work(on: index)
        case .retry(let index):
          usleep(50_000)
          try worker.work(on: index)
        case .end: return
        }
      }
    } catch { queue.fail(error) }
  }

  private static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
  }
}
