import Checkpoints

/// What can be wrong with a model's file. Texts: `ErrorTexts.swift`.
///
/// A size that may be anything is nil in an expected shape.
public enum ModelError: Error, Equatable, Sendable {
  /// A tensor that the architecture needs is not there.
  case missingTensor(path: String, name: String, expected: [Int?])
  /// A tensor has another shape than the architecture needs.
  case wrongShape(path: String, name: String, expected: [Int?], actual: [Int])
  /// Tensors belong to no part of the model.
  case surplusTensors(path: String, names: [String])
  /// A weight is infinite or not a number.
  case notFinite(path: String, name: String, element: Int)
  /// A tensor cannot be converted.
  case unreadableTensor(path: String, name: String, CheckpointError)
  /// A stored resampling filter is not the one of the configuration.
  case filterMismatch(path: String, name: String)
  /// The configuration in the header is not valid JSON or holds a value of another type.
  case invalidConfiguration(path: String, reason: String)
  /// A configuration value that this program cannot follow.
  case unsupportedConfiguration(path: String, key: String, value: String, supported: String)
  /// The configuration contradicts the tensors.
  case configurationMismatch(path: String, key: String, stated: Int, found: Int)
  /// The file cannot be opened.
  case checkpoint(CheckpointError)
  /// An entry of the metadata is not usable.
  case invalidMetadata(path: String, key: String, reason: String)
  /// A file of classes is none, or has classes that do not fit.
  case badClassList(path: String, reason: String)
}
