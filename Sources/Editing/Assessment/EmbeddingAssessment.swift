import Evaluation
import Networks
import Pictures
import TensorCore

/// How well pictures of a test set are reconstructed, and their masks with them.
public struct EmbeddingAssessment {
  /// Mean scores of one way to embed.
  public struct Scores: Sendable, Encodable {
    /// Optimisation steps after the encoder.
    public var steps: Int
    /// Pictures.
    public var count: Int
    /// Mean peak signal-to-noise ratio in decibels.
    public var psnr: Double
    /// Mean structural similarity.
    public var ssim: Double
    /// Mean intersection over union of the classes above 0.1 % of the pixels, from one confusion
    /// matrix over the set.
    public var meanIoU: Double
    /// Share of the pixels with their true class.
    public var pixelAccuracy: Double
  }

  /// The model.
  public let model: JointModel
  /// How pictures are embedded; the number of steps is an argument of `add`.
  public var options: EmbeddingOptions
  private var matrix: ConfusionMatrix
  private var psnr = 0.0
  private var ssim = 0.0
  private var count = 0

  /// An assessment of a model with a segmentation branch that has seen no picture yet.
  public init(model: JointModel, options: EmbeddingOptions = .init()) {
    self.model = model
    self.options = options
    matrix = ConfusionMatrix(classCount: model.palette.count)
  }

  /// Embeds a photo and compares picture and mask of its code with the truth, inside the letterbox
  /// at the model's resolution.
  ///
  /// - Parameter mask: the true mask in the model's square.
  /// - Throws: `EditingError` when the model has no segmentation branch or the loss diverges.
  public mutating func add(
    _ photo: Photo, mask: LabelMap, cache: EmbeddingCache? = nil,
    observer: OptimizationObserver? = nil
  ) throws(EditingError) {
    let code = try model.embed(photo, options: options, cache: cache, observer: observer)
    let (picture, labels) = try model.rendering(of: code)
    let truth = Tensor(model.letterbox.unframed(model.letterbox.framed(photo.picture)))
    let made = Tensor(picture)
    psnr += ImageQuality.peakSignalToNoiseRatio(made, truth)[0]
    do throws(EvaluationError) {
      ssim += try ImageQuality.structuralSimilarity(made, truth)[0]
      try matrix.add(predicted: labels.labels, expected: model.letterbox.unframed(mask).labels)
    } catch { throw .evaluation(error) }
    count += 1
  }

  /// The mean scores of everything added so far.
  public var scores: Scores {
    let n = Double(max(count, 1))
    return Scores(
      steps: options.steps, count: count, psnr: psnr / n, ssim: ssim / n,
      meanIoU: matrix.meanIntersectionOverUnion(above: 0.001) ?? 0,
      pixelAccuracy: matrix.pixelAccuracy ?? 0)
  }
}
