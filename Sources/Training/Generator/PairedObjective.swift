import Networks
import Pictures
import TensorCore

/// What one step of a paired training looks at.
struct PairedSample {
  /// Side of the generator's square.
  var resolution: Int
  /// Latent vectors `[N, inputSize]`.
  var latents: Tensor
  /// The renderings `[N, 3, h, w]`, without the bands of the letterbox.
  var targets: Tensor
  /// The class of each of their pixels.
  var labels: [UInt8]
  /// Where the renderings stand in the square.
  var area: PixelRect
  /// The pixels on which the branch learns, in the square.
  var grid: PixelGrid
}

/// The loss of a joint generator that repeats renderings: pictures, classes and what the
/// discriminator says.
struct PairedObjective {
  let options: PairedGeneratorOptions
  let classWeights: [Float]

  /// The parts of a loss that need no discriminator.
  struct Result {
    /// The sum, a scalar.
    let total: Tensor
    /// The pictures without bands.
    let pictures: Tensor
    /// The values of its parts.
    let terms: [LossTerm]
  }

  /// The loss of a sample.
  ///
  /// - Parameter codes: W+ codes `[N, rows, w]` to be drawn instead of those of the factors.
  func callAsFunction(
    _ networks: JointNetworks, _ sample: PairedSample, codes: Tensor? = nil
  ) -> Result {
    let output =
      codes.map {
        networks.synthesis(at: sample.resolution)($0, noise: .none, features: .layers)
      }
      ?? networks.draw(networks.generator.mapping(sample.latents), at: sample.resolution)
    let side = sample.resolution
    let area = sample.area
    let pictures = output.image
      .slice(area.top..<area.top + area.height, axis: 2)
      .slice(area.left..<area.left + area.width, axis: 3)
    var halvings = 0
    while (4 << (halvings + 1)) <= side, halvings < 4 { halvings += 1 }
    let weights = Tensor(
      sample.labels.map { classWeights[Int($0)] },
      shape: [sample.targets.shape[0], 1, area.height, area.width])
    let rendering = RenderingLoss(
      bandWeight: options.bandWeight, edgeWeight: side >= 32 ? options.edgeWeight : 0,
      levels: max(1, halvings))(pictures, sample.targets, weights: weights)
    let classes = branchLoss(networks.branch.scores(output.features, at: sample.grid), sample)
    var total = rendering + classes * options.branchWeight
    if area.width != side || area.height != side {
      total = total + Self.bandLoss(output.image, area)
    }
    return Result(
      total: total, pictures: pictures,
      terms: [LossTerm("pictures", rendering.item), LossTerm("classes", classes.item)])
  }

  /// The mean cross-entropy over the grid, weighted by the roots of the class weights.
  private func branchLoss(_ scores: Tensor, _ sample: PairedSample) -> Tensor {
    let area = sample.area
    var targets: [Int32] = []
    targets.reserveCapacity(scores.shape[1])
    for index in 0..<sample.targets.shape[0] {
      for row in sample.grid.rows {
        let start = (index * area.height + row - area.top) * area.width - area.left
        for column in sample.grid.columns { targets.append(Int32(sample.labels[start + column])) }
      }
    }
    let weights = targets.map { classWeights[Int($0)].squareRoot() }
    let total = Float(weights.reduce(0.0) { $0 + Double($1) })
    return scores.crossEntropy(targets: targets, weights: weights.map { $0 / total })
  }

  /// Draws the bands of the letterbox weakly towards black.
  private static func bandLoss(_ image: Tensor, _ area: PixelRect) -> Tensor {
    let (height, width) = (image.shape[2], image.shape[3])
    let mask = Tensor(
      (0..<height * width).map { index in
        let (y, x) = index.quotientAndRemainder(dividingBy: width)
        let isInside =
          (area.top..<area.top + area.height).contains(y)
          && (area.left..<area.left + area.width).contains(x)
        return isInside ? 0 : 1
      }, shape: [1, 1, height, width])
    return ((image + 1).absolute() * mask).mean() * 0.1
  }
}
