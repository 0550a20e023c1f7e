import CCodecs

extension Picture {
  /// The picture as the bytes of a file, with its metadata.
  ///
  /// - Throws: `PictureError.notEncodable` when the format has no room for it (JPEG ends at 65500
  ///   pixels per side).
  public func encoded(as encoding: PictureEncoding) throws(PictureError) -> [UInt8] {
    switch encoding {
    case .png:
      return try encodedPNG(
        pixels, layout: SEMBLANCE_LAYOUT_RGB, width: width, height: height, metadata: metadata)
    case .jpeg(let quality, let fullChroma):
      var request = semblance_encoding()
      request.layout = SEMBLANCE_LAYOUT_RGB
      request.width = UInt32(clamping: width)
      request.height = UInt32(clamping: height)
      request.quality = Int32(min(max(quality, 1), 100))
      request.full_chroma = fullChroma ? 1 : 0
      let plain = try pixels.withUnsafeBufferPointer { samples throws(PictureError) in
        request.samples = samples.baseAddress
        return try encode(request, as: .jpeg)
      }
      return JPEGSegments.insert(metadata, into: plain)
    }
  }

  /// Writes the picture in the format that the extension of `path` names, JPEG with quality 95 and
  /// full colour resolution.
  ///
  /// The file appears complete or not at all.
  public func write(to path: String) throws(PictureError) {
    try write(to: path, as: PictureEncoding(PictureFormat(extensionOf: path)))
  }

  /// Writes the picture in a given encoding, whatever the extension of `path`.
  ///
  /// The file appears complete or not at all.
  public func write(to path: String, as encoding: PictureEncoding) throws(PictureError) {
    try writeFile(encoded(as: encoding), to: path)
  }
}

/// Interleaved 8-bit samples as a PNG file.
///
/// - Parameter palette: the colours of indexed samples.
func encodedPNG(
  _ samples: [UInt8], layout: semblance_sample_layout, width: Int, height: Int,
  palette: [RGBColor] = [], metadata: PictureMetadata = PictureMetadata()
) throws(PictureError) -> [UInt8] {
  let colors = palette.flatMap { [$0.red, $0.green, $0.blue] }
  // An empty array still has an address; the encoder looks at counts.
  let exif = metadata.exif ?? []
  let profile = metadata.iccProfile ?? []
  var request = semblance_encoding()
  request.layout = layout
  request.width = UInt32(clamping: width)
  request.height = UInt32(clamping: height)
  request.palette_count = Int32(palette.count)
  request.exif_size = exif.count
  request.icc_profile_size = profile.count
  return try samples.withUnsafeBufferPointer { samples throws(PictureError) in
    try colors.withUnsafeBufferPointer { colors throws(PictureError) in
      try exif.withUnsafeBufferPointer { exif throws(PictureError) in
        try profile.withUnsafeBufferPointer { profile throws(PictureError) in
          request.samples = samples.baseAddress
          request.palette = colors.baseAddress
          request.exif = exif.baseAddress
          request.icc_profile = profile.baseAddress
          return try encode(request, as: .png)
        }
      }
    }
  }
}

private func encode(
  _ request: semblance_encoding, as format: PictureFormat
) throws(PictureError) -> [UInt8] {
  var output = semblance_bytes()
  var report = semblance_codec_report()
  defer { semblance_bytes_free(&output) }
  let status =
    withUnsafePointer(to: request) { request in
      format == .png
        ? semblance_png_encode(request, &output, &report)
        : semblance_jpeg_encode(request, &output, &report)
    }
  guard status == SEMBLANCE_CODEC_OK else {
    let reason =
      status == SEMBLANCE_CODEC_OUT_OF_MEMORY ? "out of memory" : text(of: report.message)
    throw .notEncodable(format: format, reason: reason)
  }
  return Array(UnsafeBufferPointer(start: output.data, count: output.size))
}
