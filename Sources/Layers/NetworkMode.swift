/// How a network with state runs.
public enum NetworkMode: Sendable, Equatable {
  /// As in a training step: normalisation by the statistics of the batch, and running statistics
  /// and spectral norms advance.
  case training
  /// With stored statistics and norms; nothing changes.
  case evaluation
}
