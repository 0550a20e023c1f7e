import CCodecs

/// What a file holds, exactly as stored: masks need ids that no conversion has touched.
struct DecodedSamples {
  /// Meaning of the samples of a pixel.
  enum Layout {
    case gray, grayAlpha, rgb, rgba, indexed, cmyk
  }

  /// An entry of a file's palette.
  struct PaletteEntry: Hashable {
    var color: RGBColor
    var alpha: UInt8
  }

  let format: PictureFormat
  let layout: Layout
  let width: Int
  let height: Int
  /// Samples per pixel.
  let channels: Int
  /// Bits per sample in the file: 1, 2, 4, 8 or 16.
  let bits: Int
  /// Indexed pictures only.
  let palette: [PaletteEntry]
  /// The colour that stands for transparency in grey and RGB pictures without alpha, unscaled.
  let transparentColor: [Int]?
  /// One byte per sample, unscaled; two, big-endian, when `bits` is 16.
  let samples: [UInt8]
  let metadata: PictureMetadata

  /// Decodes a PNG or JPEG file in memory.
  ///
  /// - Parameters:
  ///   - name: what messages call the file.
  ///   - warn: receives one line when the file has flaws that decoding survives.
  init(
    decoding bytes: [UInt8], named name: String, limits: DecodingLimits,
    warn: (String) -> Void
  ) throws(PictureError) {
    var header = semblance_picture_header()
    var report = semblance_codec_report()
    let content = bytes.withUnsafeBufferPointer { buffer in
      Content(buffer, maxPixels: limits.maxPixels, header: &header, report: &report)
    }
    let format: PictureFormat = header.format == SEMBLANCE_FORMAT_JPEG ? .jpeg : .png
    guard let content, report.status == SEMBLANCE_CODEC_OK else {
      throw DecodedSamples.error(report, header: header, named: name, as: format, limits: limits)
    }
    if report.warning_count > 0 {
      let more = report.warning_count - 1
      let rest = more == 0 ? "" : " (and \(more) more)"
      warn("\(name): \(text(of: report.first_warning))\(rest)")
    }
    self.format = format
    layout = Layout(header.layout)
    width = Int(header.width)
    height = Int(header.height)
    channels = Int(header.channels)
    bits = Int(header.bits)
    palette = DecodedSamples.palette(of: header)
    let key = header.transparent_color
    transparentColor =
      header.has_transparent_color == 0 ? nil : [Int(key.0), Int(key.1), Int(key.2)]
    samples = content.samples
    metadata = format == .jpeg ? JPEGSegments.metadata(in: bytes) : content.metadata
  }

  /// The value of sample `index`, unscaled.
  @inline(__always)
  func value(_ index: Int) -> Int {
    bits == 16
      ? Int(samples[2 * index]) << 8 | Int(samples[2 * index + 1]) : Int(samples[index])
  }

  private static func palette(of header: semblance_picture_header) -> [PaletteEntry] {
    withUnsafeBytes(of: header.palette) { bytes in
      (0..<Int(header.palette_count)).map { index in
        let entry = 4 * index
        return PaletteEntry(
          color: RGBColor(bytes[entry], bytes[entry + 1], bytes[entry + 2]),
          alpha: bytes[entry + 3])
      }
    }
  }

  private static func error(
    _ report: semblance_codec_report, header: semblance_picture_header, named name: String,
    as format: PictureFormat, limits: DecodingLimits
  ) -> PictureError {
    switch report.status {
    case SEMBLANCE_CODEC_NOT_A_PICTURE:
      .notAPicture(name: name)
    case SEMBLANCE_CODEC_TOO_LARGE:
      .tooLarge(
        name: name, width: Int(header.width), height: Int(header.height),
        maxPixels: limits.maxPixels)
    case SEMBLANCE_CODEC_UNSUPPORTED:
      .unsupported(name: name, format: format, reason: text(of: report.message))
    case SEMBLANCE_CODEC_OUT_OF_MEMORY:
      .outOfMemory(name: name)
    default:
      .damaged(name: name, format: format, reason: text(of: report.message))
    }
  }
}

extension DecodedSamples {
  /// Samples and metadata copied out of a decoder while its input is pinned.
  private struct Content {
    var samples: [UInt8]
    var metadata: PictureMetadata

    init?(
      _ bytes: UnsafeBufferPointer<UInt8>, maxPixels: Int,
      header: inout semblance_picture_header, report: inout semblance_codec_report
    ) {
      let decoder = semblance_decoder_open(
        bytes.baseAddress, bytes.count, UInt64(max(maxPixels, 0)), &header, &report)
      guard let decoder else { return nil }
      defer { semblance_decoder_close(decoder) }
      let count = semblance_decoder_sample_bytes(decoder)
      samples = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
        let status = semblance_decoder_read(decoder, buffer.baseAddress, count, &report)
        initialized = status == SEMBLANCE_CODEC_OK ? count : 0
      }
      guard report.status == SEMBLANCE_CODEC_OK else { return nil }
      var size = 0
      let exif = semblance_decoder_exif(decoder, &size)
      metadata = PictureMetadata()
      metadata.exif = exif.map { Array(UnsafeBufferPointer(start: $0, count: size)) }
      let profile = semblance_decoder_icc_profile(decoder, &size)
      metadata.iccProfile = profile.map { Array(UnsafeBufferPointer(start: $0, count: size)) }
    }
  }
}

extension DecodedSamples.Layout {
  fileprivate init(_ layout: semblance_sample_layout) {
    switch layout {
    case SEMBLANCE_LAYOUT_GRAY: self = .gray
    case SEMBLANCE_LAYOUT_GRAY_ALPHA: self = .grayAlpha
    case SEMBLANCE_LAYOUT_RGB: self = .rgb
    case SEMBLANCE_LAYOUT_RGBA: self = .rgba
    case SEMBLANCE_LAYOUT_CMYK: self = .cmyk
    default: self = .indexed
    }
  }
}

/// The text in a fixed C array of characters, up to its first NUL.
func text<Characters>(of characters: Characters) -> String {
  withUnsafeBytes(of: characters) { bytes in
    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}
