/// What the manifests of a run's folder say about its photos, read one by one.
public struct BatchResults {
  private let folder: BatchFolder
  private let manifest: BatchManifest

  /// The results of a run that has ended.
  ///
  /// - Throws: `EditingError` when the manifests cannot be read.
  public init(of run: BatchRun) throws(EditingError) {
    folder = try BatchFolder(run.folder)
    manifest = try BatchManifest(reading: folder.path)
  }

  /// What became of a photo; nil when nobody has looked after it yet.
  public func record(of item: BatchItem) -> BatchRecord? { manifest.record(of: item.output) }

  /// The small pictures of a result as HTML; nil when there are none.
  func thumbnails(of record: BatchRecord) -> String? {
    record.isDone ? record.key.flatMap(BatchThumbnails(in: folder).html) : nil
  }
}
