import Evaluation
import Networks
import Pictures
import TensorCore

/// Pictures that an encoder was not trained on, to see and measure what it makes of them.
public struct EncoderPreview {
  /// A picture with what the generator makes of its code.
  public struct Pair: Sendable {
    /// What was encoded.
    public let original: Picture
    /// The picture of its code.
    public let reconstruction: Picture
    /// Peak signal-to-noise ratio in decibels.
    public let psnr: Double
  }

  private let model: JointModel
  private let pictures: Tensor

  /// Random samples of a generator.
  public init(samplesOf model: JointModel, count: Int, seed: UInt64, truncationPsi: Float) {
    var random = RandomSource(seed: seed, stream: 0)
    self.model = model
    pictures =
      EncoderSamples(model: model, count: count).draw(&random, truncationPsi: truncationPsi).images
  }

  /// Photos.
  ///
  /// - Throws: `TrainingError.picture`.
  public init(photos: PhotoSet, model: JointModel) throws(TrainingError) {
    self.model = model
    pictures = try photos.batch(Array(0..<photos.count))
  }

  /// Every picture with its reconstruction, without the bands of a letterbox.
  public func pairs(_ encoder: ImageEncoder) -> [Pair] {
    withoutRecording {
      (0..<pictures.shape[0]).map { index in
        let picture = pictures.slice(index..<index + 1, axis: 0)
        let made = model.synthesize(encoder(picture), withFeatures: false).image
        let original = model.letterbox.unframed(picture.picture())
        let reconstruction = model.letterbox.unframed(made.picture())
        return Pair(
          original: original, reconstruction: reconstruction,
          psnr: ImageQuality.peakSignalToNoiseRatio(Tensor(reconstruction), Tensor(original))[0])
      }
    }
  }
}
