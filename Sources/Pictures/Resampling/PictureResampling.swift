extension Picture {
  /// The picture in another size, its aspect not kept.
  ///
  /// Works on sRGB values as they are, without linearisation, as the networks' training data was
  /// made.
  ///
  /// - Parameters:
  ///   - width: columns of the result, at least 1.
  ///   - height: rows of the result, at least 1.
  public func resized(
    width newWidth: Int, height newHeight: Int, by filter: ResamplingFilter
  ) -> Picture {
    check(
      newWidth > 0 && newHeight > 0,
      "Picture.resized: expected a size of at least 1x1, got \(newWidth)x\(newHeight)")
    if newWidth == width && newHeight == height { return self }
    let pixels = resampled(
      pixels, width: width, height: height, channels: 3, toWidth: newWidth, toHeight: newHeight,
      by: filter)
    return Picture(width: newWidth, height: newHeight, pixels: pixels, metadata: metadata)
  }
}
