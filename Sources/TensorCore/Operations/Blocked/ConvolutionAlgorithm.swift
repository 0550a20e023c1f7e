/// How a convolution of blocked images with constant weights is computed.
///
/// Relative errors (root mean square against float64, 512 input channels, unit variance): patches
/// 1.2e-6 (one long sum), F(2x2, 3x3) 7e-7, F(4x4, 3x3) 2.0e-6; with stride 2 and transposed, m = 2
/// 7e-7 and m = 4 1.0e-6.
public enum ConvolutionAlgorithm: Hashable, Sendable {
  /// The patches under the kernel, side by side, times the weights: any kernel, stride and padding.
  case patches
  /// Minimal filtering F(2x2, 3x3): 16 products per tile of 2x2 pixels instead of 36.
  case winograd2
  /// Minimal filtering F(4x4, 3x3): 36 products per tile of 4x4 pixels instead of 144.
  case winograd4
  /// 3x3 with stride 2 or its transpose, F(2, 2) along the even pixels: 25 products per tile of 2x2
  /// pixels of the small image instead of 36.
  case strided2
  /// 3x3 with stride 2 or its transpose, F(4, 2) along the even pixels: 81 products per tile of 4x4
  /// pixels of the small image instead of 144.
  case strided4

  /// Pixels per side of a tile.
  var tileSize: Int {
    switch self {
    case .patches: 1
    case .winograd2, .strided2: 2
    case .winograd4, .strided4: 4
    }
  }

  /// Products of a tile and pair of channels.
  var products: Int {
    switch self {
    case .patches: 9
    case .winograd2: 16
    case .winograd4: 36
    case .strided2: 25
    case .strided4: 81
    }
  }

  /// Transformed values of one kernel.
  var matrices: Int {
    switch self {
    case .patches: 9
    case .winograd2, .strided2: 16
    case .winograd4, .strided4: 36
    }
  }

  /// The algorithm for one image of this size.
  ///
  /// Per pair of channels an algorithm costs `products x tiles` multiplications and the reading or
  /// making of `matrices` weights, each of which takes about as long as 16 multiplications. The
  /// least sum wins: with stride 1 patches up to 4x4 pixels, F(2x2) up to
  /// 8x8 and F(4x4) from 12x12. Kernels that are not 3x3 take patches.
  public static func best(
    for window: ConvolutionWindow, height: Int, width: Int
  ) -> ConvolutionAlgorithm {
    if window.isPaddedThreeByThree {
      return cheapest([.patches, .winograd2, .winograd4], height: height, width: width)
    }
    if window.isHalvingThreeByThree {
      let small = window.outputSize(height: height, width: width)
      return cheapest([.strided2, .strided4], height: small.height, width: small.width)
    }
    return .patches
  }

  /// The algorithm for a transposed 3x3 convolution with stride 2 of an image of this size.
  static func bestForUpsampling(height: Int, width: Int) -> ConvolutionAlgorithm {
    cheapest([.strided2, .strided4], height: height, width: width)
  }

  /// Whether this algorithm computes convolutions with this window.
  func isUsable(for window: ConvolutionWindow) -> Bool {
    switch self {
    case .patches: true
    case .winograd2, .winograd4: window.isPaddedThreeByThree
    case .strided2, .strided4: window.isHalvingThreeByThree
    }
  }

  private static func cheapest(
    _ candidates: [ConvolutionAlgorithm], height: Int, width: Int
  ) -> ConvolutionAlgorithm {
    func cost(_ algorithm: ConvolutionAlgorithm) -> Int {
      algorithm.products * algorithm.tiles(height: height, width: width) + 16 * algorithm.matrices
    }
    return candidates.min { cost($0) < cost($1) } ?? .patches
  }

  /// Whether this is one of the algorithms for stride 2.
  var isStrided: Bool { self == .strided2 || self == .strided4 }

  /// Tiles of an image (of the small image, for stride 2).
  func tiles(height: Int, width: Int) -> Int {
    ((height + tileSize - 1) / tileSize) * ((width + tileSize - 1) / tileSize)
  }
}

extension ConvolutionWindow {
  /// Whether this is the window of F(m x m, 3 x 3).
  var isPaddedThreeByThree: Bool {
    kernelHeight == 3 && kernelWidth == 3 && stride == 1 && padding == 1
  }

  /// Whether this is a window of the algorithms for stride 2.
  var isHalvingThreeByThree: Bool {
    kernelHeight == 3 && kernelWidth == 3 && stride == 2 && padding <= 1
  }
}
