/// What a photo's file holds besides its pixels and what is kept when the photo is written again.
public struct PictureMetadata: Equatable, Sendable {
  /// The EXIF block (a TIFF structure, from its byte-order mark on).
  ///
  /// Decoding turns the picture upright, sets the orientation tag to 1 and unlinks the thumbnail,
  /// which would show the photo before the edit.
  public var exif: [UInt8]?
  /// The ICC profile of an RGB colour space.
  public var iccProfile: [UInt8]?

  /// Metadata from raw blocks.
  public init(exif: [UInt8]? = nil, iccProfile: [UInt8]? = nil) {
    self.exif = exif
    self.iccProfile = iccProfile
  }

  /// Whether `profile` is an ICC profile (ICC.1:2010, 7.2) for RGB data; one for grey or CMYK data
  /// does not fit the decoded pixels.
  static func isRGBProfile(_ profile: [UInt8]) -> Bool {
    profile.count >= 132 && Array(profile[16..<20]) == Array("RGB ".utf8)
      && Array(profile[36..<40]) == Array("acsp".utf8)
  }
}
