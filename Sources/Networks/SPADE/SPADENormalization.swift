/// The normalisation inside SPADE layers and the kernel of their convolutions, written by the
/// reference as for example `spectralspadesyncbatch3x3` (SPADE spec 1).
public struct SPADENormalization: Sendable, Equatable {
  /// What is normalised over.
  public enum Kind: String, Sendable, Equatable, CaseIterable {
    /// Batch and pixels.
    case batch
    /// Batch and pixels of all processes; the same as `batch` in one process.
    case synchronizedBatch = "syncbatch"
    /// The pixels of each sample.
    case instance
  }

  /// What is normalised over.
  public var kind: Kind
  /// Side of the kernels that read the layout: 1, 3 or 5.
  public var kernel: Int
  /// Whether the convolutions of residual blocks are under spectral normalisation.
  public var isSpectral: Bool

  /// Without arguments the reference's default.
  public init(kind: Kind = .synchronizedBatch, kernel: Int = 3, isSpectral: Bool = true) {
    self.kind = kind
    self.kernel = kernel
    self.isSpectral = isSpectral
  }

  /// Reads a text such as `spectralspadesyncbatch3x3`; nil for any other form.
  public init?(_ text: String) {
    var rest = Substring(text)
    isSpectral = rest.hasPrefix("spectral")
    if isSpectral { rest = rest.dropFirst("spectral".count) }
    guard rest.hasPrefix("spade") else { return nil }
    rest = rest.dropFirst("spade".count)
    guard let kind = Kind.allCases.first(where: { rest.hasPrefix($0.rawValue) }) else { return nil }
    rest = rest.dropFirst(kind.rawValue.count)
    guard let kernel = [1, 3, 5].first(where: { rest == "\($0)x\($0)" }) else { return nil }
    self.kind = kind
    self.kernel = kernel
  }

  /// The text of the reference's option.
  public var text: String {
    "\(isSpectral ? "spectral" : "")spade\(kind.rawValue)\(kernel)x\(kernel)"
  }
}
