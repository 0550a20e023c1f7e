import Synchronization

/// What a folder's manifests say about its results. The last line about a result counts.
final class BatchManifest: Sendable {
  /// What is known about a result.
  struct Entry {
    /// The photo, as it was named.
    let input: String
    /// Of the record; nil when the work failed before it was known.
    let key: String?
    /// Of the result's file; nil when there is none.
    let outputHash: String?
    /// Where the code was stored, and the fingerprint of the file.
    let code: String?
    let codeHash: String?
    fileprivate let file: Int
    fileprivate let offset: Int
    fileprivate let count: Int
  }

  private struct State {
    var entries: [String: Entry] = [:]
    var position = 0
    var damagedLines = 0
  }

  private let folder: BatchFolder?
  private let own: LineFile?
  private let others: [LineFile]
  private let state = Mutex(State())
  /// The manifest that new lines go to.
  let path: String
  /// Whether a killed process had left a part of a line, which is gone now.
  let wasTorn: Bool

  /// Reads all manifests of a folder that nothing is added to.
  init(reading path: String) throws(EditingError) {
    folder = nil
    own = nil
    wasTorn = false
    self.path = path
    var files: [LineFile] = []
    for name in BatchFolder.manifests(in: path) {
      files.append(try LineFile(reading: "\(path)/\(name)"))
    }
    others = files
    readOthers()
  }

  /// Reads all manifests of a folder; new lines go to the one called `name`.
  init(in folder: BatchFolder, name: String) throws(EditingError) {
    self.folder = folder
    var others: [LineFile] = []
    for other in BatchFolder.manifests(in: folder.path) where other != name {
      others.append(try LineFile(reading: folder.path(of: other)))
    }
    self.others = others
    let own = try LineFile(appendingTo: folder.path(of: name))
    self.own = own
    wasTorn = try folder.whileAppending { () throws(EditingError) in try own.removeTornLine() }
    path = own.path
    readOthers()
    refresh()
  }

  private func readOthers() {
    for (index, file) in others.enumerated() {
      state.withLock { state in _ = Self.read(file, index + 1, from: 0, into: &state) }
    }
  }

  /// Lines that are no records.
  var damagedLines: Int { state.withLock { $0.damagedLines } }

  /// Reads what other processes have appended since.
  func refresh() {
    guard let own else { return }
    state.withLock { state in
      state.position = Self.read(own, 0, from: state.position, into: &state)
    }
  }

  /// What is known about a result.
  func entry(of output: String) -> Entry? { state.withLock { $0.entries[output] } }

  /// The whole record of a result.
  func record(of output: String) -> BatchRecord? { entry(of: output).flatMap(record) }

  /// The whole record behind an entry.
  func record(of entry: Entry) -> BatchRecord? {
    let file = entry.file == 0 ? own : others[entry.file - 1]
    return file?.bytes(at: entry.offset, count: entry.count).flatMap { BatchRecord(line: $0) }
  }

  /// Names of all results, in no order.
  var outputs: [String] { state.withLock { Array($0.entries.keys) } }

  /// Adds a record, which is on the disk when this returns.
  func append(_ record: BatchRecord) throws(EditingError) {
    guard let folder, let own else {
      throw .manifest(path: path, reason: "it was opened to be read")
    }
    let line = try record.line()
    // One thread after the other: the system's lock is between processes only.
    let outcome = state.withLock { state -> Result<Void, EditingError> in
      do throws(EditingError) {
        let offset = try folder.whileAppending { () throws(EditingError) in try own.append(line) }
        Self.note(record, Self.place(0, offset, line.count - 1), into: &state)
        return .success(())
      } catch { return .failure(error) }
    }
    try outcome.get()
  }

  private typealias Place = (file: Int, offset: Int, count: Int)

  private static func place(_ file: Int, _ offset: Int, _ count: Int) -> Place {
    (file, offset, count)
  }

  private static func read(
    _ file: LineFile, _ index: Int, from position: Int, into state: inout State
  ) -> Int {
    file.forEachLine(from: position) { line, offset in
      guard let record = BatchRecord(line: line) else {
        state.damagedLines += 1
        return
      }
      note(record, place(index, offset, line.count), into: &state)
    }
  }

  private static func note(_ record: BatchRecord, _ place: Place, into state: inout State) {
    // A photo that was refused because the result is another one's does not take it away.
    if !record.isDone, let old = state.entries[record.output], old.outputHash != nil,
      old.input != record.input
    {
      return
    }
    state.entries[record.output] = Entry(
      input: record.input, key: record.key, outputHash: record.isDone ? record.outputHash : nil,
      code: record.code,
      codeHash: record.codeHash, file: place.file, offset: place.offset, count: place.count)
  }
}
