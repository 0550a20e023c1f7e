extension Picture {
  /// The picture turned upright, as a file with this orientation tag wants it.
  public func turned(by orientation: Orientation) -> Picture {
    guard orientation != .upright else { return self }
    let newWidth = orientation.exchangesSides ? height : width
    let newHeight = orientation.exchangesSides ? width : height
    let turned = turnedSamples(
      pixels, width: width, height: height, channels: 3, by: orientation)
    return Picture(width: newWidth, height: newHeight, pixels: turned, metadata: metadata)
  }

  /// The mirror image, left and right exchanged.
  public func mirrored() -> Picture { turned(by: .mirrored) }

  /// The pixels in `rect`, which must lie inside the picture.
  public func cropped(to rect: PixelRect) -> Picture {
    check(
      !rect.isEmpty && frame.contains(rect),
      "Picture.cropped: expected a rectangle inside \(width)x\(height), got \(rect)")
    let cropped = croppedSamples(pixels, width: width, channels: 3, to: rect)
    return Picture(width: rect.width, height: rect.height, pixels: cropped, metadata: metadata)
  }

  /// The pixels in `rect`, which may reach beyond the picture: there its edge pixels go on.
  public func cropped(extending rect: PixelRect) -> Picture {
    check(!rect.isEmpty, "Picture.cropped: expected a rectangle with pixels, got \(rect)")
    if frame.contains(rect) { return cropped(to: rect) }
    let columns = (rect.left..<rect.right).map { min(max($0, 0), width - 1) * 3 }
    var result: [UInt8] = []
    result.reserveCapacity(rect.width * rect.height * 3)
    for y in rect.top..<rect.bottom {
      let row = min(max(y, 0), height - 1) * width * 3
      for column in columns { result.append(contentsOf: pixels[row + column..<row + column + 3]) }
    }
    return Picture(width: rect.width, height: rect.height, pixels: result, metadata: metadata)
  }

  /// Copies `other` into this picture with its top left pixel at (`left`, `top`); what reaches
  /// beyond the edges is left out.
  public mutating func paste(_ other: Picture, left: Int, top: Int) {
    let target = PixelRect(left: left, top: top, width: other.width, height: other.height)
    let visible = target.intersection(frame)
    guard !visible.isEmpty else { return }
    for y in visible.top..<visible.bottom {
      let to = (y * width + visible.left) * 3
      let from = ((y - top) * other.width + visible.left - left) * 3
      let count = visible.width * 3
      pixels.replaceSubrange(to..<to + count, with: other.pixels[from..<from + count])
    }
  }

  /// The largest rectangle of the aspect `width`:`height` inside the picture, centred; where to
  /// crop before resizing without distortion.
  public func centeredRect(aspectWidth: Int, aspectHeight: Int) -> PixelRect {
    frame.centered(aspectWidth: aspectWidth, aspectHeight: aspectHeight)
  }
}

extension PixelRect {
  /// The largest rectangle of the aspect `aspectWidth`:`aspectHeight` inside this one, centred.
  func centered(aspectWidth: Int, aspectHeight: Int) -> PixelRect {
    check(
      aspectWidth > 0 && aspectHeight > 0,
      "PixelRect.centered: expected a positive aspect, got \(aspectWidth):\(aspectHeight)")
    var rectWidth = width
    var rectHeight = height
    if width * aspectHeight > height * aspectWidth {
      rectWidth = max(1, (height * aspectWidth + aspectHeight / 2) / aspectHeight)
    } else {
      rectHeight = max(1, (width * aspectHeight + aspectWidth / 2) / aspectWidth)
    }
    rectWidth = min(rectWidth, width)
    rectHeight = min(rectHeight, height)
    return PixelRect(
      left: left + (width - rectWidth) / 2, top: top + (height - rectHeight) / 2,
      width: rectWidth, height: rectHeight)
  }
}

/// Interleaved samples rearranged as `orientation` wants them.
func turnedSamples(
  _ samples: [UInt8], width: Int, height: Int, channels: Int, by orientation: Orientation
) -> [UInt8] {
  let newWidth = orientation.exchangesSides ? height : width
  let newHeight = orientation.exchangesSides ? width : height
  return [UInt8](unsafeUninitializedCapacity: samples.count) { target, initialized in
    samples.withUnsafeBufferPointer { source in
      for y in 0..<newHeight {
        for x in 0..<newWidth {
          let from = orientation.source(x: x, y: y, width: width, height: height)
          let i = (from.y * width + from.x) * channels
          let o = (y * newWidth + x) * channels
          for c in 0..<channels { target.initializeElement(at: o + c, to: source[i + c]) }
        }
      }
    }
    initialized = samples.count
  }
}

/// The interleaved samples of the pixels in `rect`, which lies inside.
func croppedSamples(
  _ samples: [UInt8], width: Int, channels: Int, to rect: PixelRect
) -> [UInt8] {
  var cropped: [UInt8] = []
  cropped.reserveCapacity(rect.width * rect.height * channels)
  for y in rect.top..<rect.bottom {
    let from = (y * width + rect.left) * channels
    cropped.append(contentsOf: samples[from..<from + rect.width * channels])
  }
  return cropped
}
