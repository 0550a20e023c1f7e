import Evaluation
import Networks
import Pictures
import TensorCore

/// How well drawn pictures keep to their layouts, and how far they are from photos as a whole: a
/// segmenter that was trained on true pairs reads the pictures, and the Fréchet distance compares
/// the features of drawn pictures and photos.
public struct SynthesisAssessment {
  /// Scores of a set of pictures.
  public struct Scores: Sendable, Encodable {
    /// Pictures.
    public var count: Int
    /// Share of the pixels that are read as the layout's class.
    public var pixelAccuracy: Double
    /// Mean intersection over union of the classes that occur, from one confusion matrix over the
    /// set.
    public var meanIoU: Double
    /// Fréchet distance from the photos; nil for the photos themselves.
    public var frechetDistance: Double?
  }

  /// What reads the pictures.
  public let segmenter: PictureSegmenter
  /// The network whose features the Fréchet distance compares; nil takes the segmenter's own.
  public let inception: InceptionNetwork?
  private var matrices: (drawn: ConfusionMatrix, photos: ConfusionMatrix)
  private var statistics: (drawn: FeatureStatistics, photos: FeatureStatistics)

  /// An assessment that has seen no picture yet.
  public init(segmenter: PictureSegmenter, inception: InceptionNetwork? = nil) {
    self.segmenter = segmenter
    self.inception = inception
    let matrix = ConfusionMatrix(classCount: segmenter.network.classCount)
    matrices = (matrix, matrix)
    let length = inception?.featureCount ?? segmenter.network.featureCount
    statistics = (FeatureStatistics(length: length), FeatureStatistics(length: length))
  }

  /// What the Fréchet distance compares.
  public var featureSpace: String {
    inception == nil
      ? "means of the segmenter's \(segmenter.network.featureCount) lowest features"
      : "Inception v3"
  }

  /// Adds a drawn picture, the photo of its layout at the same size, and the layout at the
  /// segmenter's size.
  ///
  /// - Throws: `EditingError.evaluation`.
  public mutating func add(drawn: Picture, photo: Picture, layout: LabelMap) throws(EditingError) {
    check(
      drawn.width == photo.width && drawn.height == photo.height,
      "synthesis assessment: picture of \(drawn.width)x\(drawn.height), photo of "
        + "\(photo.width)x\(photo.height)")
    do throws(EvaluationError) {
      let (first, second) = (segmenter(drawn), segmenter(photo))
      try matrices.drawn.add(predicted: first.labels.labels, expected: layout.labels)
      try matrices.photos.add(predicted: second.labels.labels, expected: layout.labels)
      try statistics.drawn.add(features(of: drawn, first))
      try statistics.photos.add(features(of: photo, second))
    } catch { throw .evaluation(error) }
  }

  private func features(of picture: Picture, _ reading: PictureSegmenter.Reading) -> Tensor {
    guard let inception else { return reading.features }
    return withoutRecording { inception(Tensor(picture)) }
  }

  /// The scores of the drawn pictures.
  ///
  /// - Throws: `EditingError.evaluation` below two pictures.
  public var drawn: Scores {
    get throws(EditingError) {
      do throws(EvaluationError) {
        let distance = try GaussianFit(statistics.drawn)
          .frechetDistance(to: GaussianFit(statistics.photos))
        return scores(matrices.drawn, distance: distance)
      } catch { throw .evaluation(error) }
    }
  }

  /// The scores of the photos: as far as the segmenter can be trusted.
  public var photos: Scores { scores(matrices.photos, distance: nil) }

  private func scores(_ matrix: ConfusionMatrix, distance: Double?) -> Scores {
    Scores(
      count: statistics.drawn.count, pixelAccuracy: matrix.pixelAccuracy ?? 0,
      meanIoU: matrix.meanIntersectionOverUnion() ?? 0, frechetDistance: distance)
  }
}
