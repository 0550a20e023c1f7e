/// Why a measurement cannot be made. Texts: `ErrorTexts.swift`.
public enum EvaluationError: Error, Equatable, Sendable {
  /// The picture is smaller than the window of the measure.
  case pictureTooSmall(measure: String, minimum: Int, height: Int, width: Int)
  /// A label is not one of the classes.
  case unknownLabel(label: Int, classCount: Int, pixel: Int)
  /// Fewer samples than the measure needs.
  case tooFewSamples(measure: String, minimum: Int, actual: Int)
  /// Two sets of features have different lengths.
  case featureLengthMismatch(first: Int, second: Int)
  /// A feature is not a finite number.
  case notFinite(measure: String)
}
