import TensorCore

/// Augmentation of what a discriminator sees, real and generated alike: with probability p each of a
/// set of invertible picture transformations (Karras et al. 2020b, "Training Generative Adversarial
/// Networks with Limited Data", section 2 and appendix B; formats spec 1.8).
///
/// Every transformation has a multiplier of its probability; 0 leaves it out. All are differentiable
/// with respect to the pictures.
public struct AdaptiveAugmentation: Sendable, Equatable {
  /// The probability p of each transformation, 0...1.
  public var probability: Double
  /// Mirror images.
  public var xFlip = 0.0
  /// Turns by quarters.
  public var rotate90 = 0.0
  /// Shifts by whole pixels, at most an eighth of the size.
  public var integerTranslation = 0.0
  /// Isotropic scaling, 2^N(0, 0.2).
  public var scale = 0.0
  /// Rotation by any angle.
  public var rotate = 0.0
  /// Scaling of the axes by inverse factors, 2^N(0, 0.2).
  public var anisotropicScale = 0.0
  /// Shifts by N(0, 1/8) of the size.
  public var fractionalTranslation = 0.0
  /// Shift of all channels, N(0, 0.2).
  public var brightness = 0.0
  /// Gain of all channels, 2^N(0, 0.5).
  public var contrast = 0.0
  /// Inverted brightness at equal colour.
  public var lumaFlip = 0.0
  /// Rotation about the grey axis by any angle.
  public var hue = 0.0
  /// Gain of the colour at equal brightness, 2^N(0, 1).
  public var saturation = 0.0
  /// Gains of four frequency bands, 2^N(0, 1) each.
  public var filterBands = 0.0
  /// Gaussian noise with a standard deviation of |N(0, 0.1)|.
  public var noise = 0.0
  /// A square of half the size set to 0.
  public var cutout = 0.0

  /// No transformation at all, to be switched on one by one.
  public init(probability: Double) { self.probability = probability }

  /// The default of the published training: pixel blitting, geometry and colour.
  public static func bgc(probability: Double) -> AdaptiveAugmentation {
    var result = AdaptiveAugmentation(probability: probability)
    result.enableBlitting()
    result.enableGeometry()
    result.enableColor()
    return result
  }

  /// Switches on mirroring, quarter turns and shifts by whole pixels.
  public mutating func enableBlitting() { (xFlip, rotate90, integerTranslation) = (1, 1, 1) }

  /// Switches on scalings, rotation and fractional shifts.
  public mutating func enableGeometry() {
    (scale, rotate, anisotropicScale, fractionalTranslation) = (1, 1, 1, 1)
  }

  /// Switches on brightness, contrast, luma flip, hue and saturation.
  public mutating func enableColor() {
    (brightness, contrast, lumaFlip, hue, saturation) = (1, 1, 1, 1, 1)
  }

  /// Pictures `[N, 3, H, W]` augmented, each with its own draws.
  public func callAsFunction(_ pictures: Tensor, random: inout RandomSource) -> Tensor {
    var draws = AugmentationDraws.random(random)
    let result = augmented(pictures, &draws)
    if case .random(let source) = draws { random = source }
    return result
  }

  /// Pictures `[N, 3, H, W]` with every transformation applied at the same percentile (0 < q < 1) of
  /// its distribution, for tests. Noise stays out, which no percentile describes.
  public func callAsFunction(_ pictures: Tensor, percentile: Double) -> Tensor {
    check(percentile > 0 && percentile < 1, "augmentation: percentile \(percentile)")
    var draws = AugmentationDraws.percentile(percentile)
    return augmented(pictures, &draws)
  }

  private func augmented(_ pictures: Tensor, _ draws: inout AugmentationDraws) -> Tensor {
    check(
      pictures.shape.rank == 4 && pictures.shape[1] == 3, "augmentation: \(pictures.shape)")
    let images = 0..<pictures.shape[0]
    let (height, width) = (Double(pictures.shape[2]), Double(pictures.shape[3]))
    let inverses = images.map { _ in inverseTransform(&draws, height: height, width: width) }
    var result = transformed(pictures, by: inverses)
    result = recolored(result, images.map { _ in colorTransform(&draws) })
    result = filtered(result, images.map { _ in bandGains(&draws) })
    result = noised(result, &draws)
    return masked(result, &draws)
  }

  private func noised(_ pictures: Tensor, _ draws: inout AugmentationDraws) -> Tensor {
    guard noise > 0, case .random = draws else { return pictures }
    let deviations: [Float] = (0..<pictures.shape[0]).map { _ in
      let deviation = draws.halfNormal() * 0.1
      return draws.happens(noise * probability) ? Float(deviation) : 0
    }
    guard deviations.contains(where: { $0 > 0 }), case .random(var source) = draws else {
      return pictures
    }
    let grains = source.normal(pictures.shape)
    draws = .random(source)
    return pictures + grains * Tensor(deviations, shape: [deviations.count, 1, 1, 1])
  }

  private func masked(_ pictures: Tensor, _ draws: inout AugmentationDraws) -> Tensor {
    guard cutout > 0 else { return pictures }
    let (height, width) = (pictures.shape[2], pictures.shape[3])
    var mask: [Float] = []
    for _ in 0..<pictures.shape[0] {
      let (x, y) = (draws.uniform(), draws.uniform())
      let size = draws.happens(cutout * probability) ? 0.5 : 0
      func inside(_ index: Int, _ count: Int, _ centre: Double) -> Bool {
        abs((Double(index) + 0.5) / Double(count) - centre) < size / 2
      }
      for row in 0..<height {
        let covered = inside(row, height, y)
        for column in 0..<width { mask.append(covered && inside(column, width, x) ? 0 : 1) }
      }
    }
    return pictures * Tensor(mask, shape: [pictures.shape[0], 1, height, width])
  }
}
