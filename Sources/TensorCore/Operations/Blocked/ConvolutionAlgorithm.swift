/// How a convolution of blocked images with constant weights is computed.
///
/// Relative errors (root mean square against float64, 512 input channels, unit variance): patches
/// 1.2e-6 (one long sum), F(2x2, 3x3) 7e-7, F(4x4, 3x3) 2.0e-6.
public enum ConvolutionAlgorithm: Hashable, Sendable {
  /// The patches under the kernel, side by side, times the weights: any kernel, stride and padding.
  case patches
  /// Minimal filtering F(2x2, 3x3): 16 products per tile of 2x2 pixels instead of 36.
  case winograd2
  /// Minimal filtering F(4x4, 3x3): 36 products per tile of 4x4 pixels instead of 144.
  case winograd4

  /// Pixels per side of an output tile of the minimal filtering algorithms.
  var tileSize: Int {
    switch self {
    case .patches: 1
    case .winograd2: 2
    case .winograd4: 4
    }
  }

  /// Products of a tile (and transformed values of one kernel).
  var positions: Int {
    switch self {
    case .patches: 9
    case .winograd2: 16
    case .winograd4: 36
    }
  }

  /// The algorithm for one image of this size.
  ///
  /// Per pair of channels an algorithm costs `positions x tiles` multiplications and the reading of
  /// `positions` weights; a core multiplies about as fast as it can read a sixteenth as many
  /// weights from memory. The least sum wins: patches up to 4x4 pixels, F(2x2) up to 8x8 and
  /// F(4x4) from 12x12. Anything but 3x3 with stride 1 and padding 1 takes patches.
  public static func best(
    for window: ConvolutionWindow, height: Int, width: Int
  ) -> ConvolutionAlgorithm {
    guard window.isPaddedThreeByThree else { return .patches }
    func cost(_ algorithm: ConvolutionAlgorithm) -> Int {
      let size = algorithm.tileSize
      let tiles = ((height + size - 1) / size) * ((width + size - 1) / size)
      return algorithm.positions * (tiles + 16)
    }
    return [.patches, .winograd2, .winograd4].min { cost($0) < cost($1) } ?? .patches
  }
}

extension ConvolutionWindow {
  /// Whether this is the window of the minimal filtering algorithms.
  var isPaddedThreeByThree: Bool {
    kernelHeight == 3 && kernelWidth == 3 && stride == 1 && padding == 1
  }
}
