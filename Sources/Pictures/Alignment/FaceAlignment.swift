/// The turned square around a face that the FFHQ data set cuts out (Karras et al. 2019): eyes level,
/// size by the distances of the eyes and of eyes and mouth.
public struct FaceAlignment: Equatable, Sendable {
  /// The middle of the square.
  public let center: PicturePoint
  /// From the middle to the middle of the right edge.
  public let xAxis: PicturePoint
  /// From the middle to the middle of the bottom edge; as long as `xAxis` and at right angles.
  public let yAxis: PicturePoint

  /// The square of a face.
  ///
  /// - Throws: `PictureError.landmarksUnusable` when eyes and mouth lie in (almost) one point.
  public init(_ landmarks: FaceLandmarks, named name: String = "landmarks") throws(PictureError) {
    let (left, right) = (landmarks.center(of: 36..<42), landmarks.center(of: 42..<48))
    let eyes = (left + right) * 0.5
    let across = right - left
    let down = (landmarks.points[48] + landmarks.points[54]) * 0.5 - eyes
    // The eyes' direction and the mouth's, the latter turned by a right angle.
    let direction = PicturePoint(x: across.x + down.y, y: across.y - down.x)
    let reach = max(across.length * 2, down.length * 1.8)
    guard direction.length > 0, reach >= 2 else {
      throw .landmarksUnusable(name: name, reason: "eyes and mouth lie in one point")
    }
    xAxis = direction * (1 / direction.length) * reach
    yAxis = PicturePoint(x: -xAxis.y, y: xAxis.x)
    center = eyes + down * 0.1
  }

  /// The upright or turned square with this middle and this way from there to the middle of its
  /// right edge.
  public init(center: PicturePoint, xAxis: PicturePoint) {
    self.center = center
    self.xAxis = xAxis
    yAxis = PicturePoint(x: -xAxis.y, y: xAxis.x)
  }

  /// The corners: top left, bottom left, bottom right, top right.
  public var corners: [PicturePoint] {
    [
      center - xAxis - yAxis, center - xAxis + yAxis, center + xAxis + yAxis,
      center + xAxis - yAxis,
    ]
  }

  /// Length of a side in pixels.
  public var side: Double { xAxis.length * 2 }

  /// The position in the picture of a position in the square, 0...1 from the left and from the top.
  public func point(u: Double, v: Double) -> PicturePoint {
    center + xAxis * (2 * u - 1) + yAxis * (2 * v - 1)
  }
}

extension Picture {
  /// The face in an upright square, as the FFHQ data set has them: shrunk, cropped, filled up by
  /// blurred reflections where the square reaches over the edges, turned and resampled.
  ///
  /// - Parameters:
  ///   - outputSide: side of the result.
  ///   - warpSide: side of the square that is turned, shrunk to `outputSide` afterwards; FFHQ takes
  ///     four times the output.
  ///   - name: what a message calls the landmarks.
  /// - Throws: `PictureError.landmarksUnusable` when the square lies outside the picture.
  public func aligned(
    _ alignment: FaceAlignment, outputSide: Int = 1024, warpSide: Int? = nil,
    named name: String = "landmarks"
  ) throws(PictureError) -> Picture {
    let warpSide = warpSide ?? 4 * outputSide
    check(
      outputSide > 0 && warpSide >= outputSide,
      "aligned: expected a side of at least 1 and a warp at least as large, got \(outputSide), "
        + "\(warpSide)")
    let crop = try AlignmentCrop(self, alignment, outputSide: outputSide, named: name)
    let square = crop.picture.warped(from: crop.corners, side: warpSide)
    return square.resizedStepwise(width: outputSide, height: outputSide)
  }

  /// Lanczos in two steps, columns first, both rounded to 8 bits as in Pillow: what overshoots the
  /// range in between is lost there, and visibly so.
  func resizedStepwise(width: Int, height: Int) -> Picture {
    resized(width: width, height: self.height, by: .lanczos)
      .resized(width: width, height: height, by: .lanczos)
  }

  /// The quadrangle with these corners (top left, bottom left, bottom right, top right) as a square:
  /// bilinear in position and in the samples, which are cut off to whole numbers; black outside.
  func warped(from corners: [PicturePoint], side: Int) -> Picture {
    // Positions below count from the edge of the first pixel, not from its centre.
    let half = PicturePoint(x: 0.5, y: 0.5)
    let origin = corners[0] + half
    let right = (corners[3] - corners[0]) * (1 / Double(side))
    let down = (corners[1] - corners[0]) * (1 / Double(side))
    let bend =
      (corners[2] - corners[1] - corners[3] + corners[0]) * (1 / (Double(side) * Double(side)))
    let result = [UInt8](unsafeUninitializedCapacity: side * side * 3) { target, initialized in
      pixels.withUnsafeBufferPointer { source in
        for row in 0..<side {
          for column in 0..<side {
            let (u, v) = (Double(column) + 0.5, Double(row) + 0.5)
            let position = origin + right * u + down * v + bend * (u * v)
            sample(source, at: position, into: target, (row * side + column) * 3)
          }
        }
      }
      initialized = side * side * 3
    }
    return Picture(width: side, height: side, pixels: result)
  }

  @inline(__always)
  private func sample(
    _ source: UnsafeBufferPointer<UInt8>, at position: PicturePoint,
    into target: UnsafeMutableBufferPointer<UInt8>, _ index: Int
  ) {
    guard
      position.x >= 0, position.y >= 0, position.x < Double(width), position.y < Double(height)
    else {
      for channel in 0..<3 { target.initializeElement(at: index + channel, to: 0) }
      return
    }
    let (x, y) = (position.x - 0.5, position.y - 0.5)
    let (left, top) = (Int(x.rounded(.down)), Int(y.rounded(.down)))
    let (dx, dy) = (x - Double(left), y - Double(top))
    let columns = (max(left, 0) * 3, min(left + 1, width - 1) * 3)
    let rows = (max(top, 0) * width * 3, min(top + 1, height - 1) * width * 3)
    for channel in 0..<3 {
      func value(_ row: Int, _ column: Int) -> Double { Double(source[row + column + channel]) }
      // Exact where neighbours are equal: the result is cut off.
      let (first, third) = (value(rows.0, columns.0), value(rows.1, columns.0))
      let upper = first + (value(rows.0, columns.1) - first) * dx
      let lower = third + (value(rows.1, columns.1) - third) * dx
      target.initializeElement(at: index + channel, to: UInt8(upper + (lower - upper) * dy))
    }
  }
}
