/// The numbers that a mask file stores, with no regard to classes: for masks that come without a
/// list of classes, whose indices are all there is.
public struct StoredLabels: Equatable, Sendable {
  /// The stored index or grey value of each pixel.
  public let map: LabelMap
  /// The colours of the file's own palette, by index; empty for grey pictures.
  public let colors: [RGBColor]

  /// Reads an indexed or grey PNG file with up to 8 bits; nil for one with colours of its own.
  ///
  /// - Throws: `PictureError`, `.lossyMask` for a JPEG.
  public init?(
    contentsOf path: String, limits: DecodingLimits = DecodingLimits()
  ) throws(PictureError) {
    let bytes = try readFile(path, maxBytes: limits.maxFileBytes)
    let decoded = try DecodedSamples(decoding: bytes, named: path, limits: limits) { _ in }
    guard decoded.format == .png else { throw .lossyMask(name: path) }
    try decoded.requireOpacity(named: path)
    guard decoded.bits <= 8, decoded.layout == .indexed || decoded.layout == .gray else {
      return nil
    }
    map = LabelMap(width: decoded.width, height: decoded.height, labels: decoded.samples)
    colors = decoded.layout == .indexed ? decoded.palette.map(\.color) : []
  }
}
