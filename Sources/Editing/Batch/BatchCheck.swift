/// Whether the results in a folder are those that its manifests speak of.
public struct BatchCheck: Sendable {
  /// Results with the fingerprint that was noted.
  public private(set) var intact = 0
  /// Names of results that could not be made.
  public private(set) var failed: [String] = []
  /// Names of results that are gone.
  public private(set) var missing: [String] = []
  /// Names of results whose files were changed.
  public private(set) var changed: [String] = []

  /// Reads all results of a folder.
  ///
  /// - Throws: `EditingError` when the manifests cannot be read.
  public init(of folder: String) throws(EditingError) {
    let manifest = try BatchManifest(reading: folder)
    for output in manifest.outputs.sorted() {
      guard let expected = manifest.entry(of: output)?.outputHash else {
        failed.append(output)
        continue
      }
      switch FileFingerprint.of("\(folder)/\(output)") {
      case expected?: intact += 1
      case nil: missing.append(output)
      default: changed.append(output)
      }
    }
  }
}
