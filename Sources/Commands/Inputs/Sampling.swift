import Editing
import Networks
import TensorCore

extension JointModel {
  /// The code of a random picture.
  ///
  /// - Parameters:
  ///   - seed: the same seed gives the same code, whatever else is sampled.
  ///   - psi: 1 leaves the latent vector alone, 0 gives the mean of all.
  /// - Throws: `CommandError.labelsNeeded` for a model of labelled pictures.
  func sample(seed: UInt64, truncationPsi psi: Float) throws(CommandError) -> LatentCode {
    let mapping = generator.mapping
    guard mapping.labelSize == 0 else { throw .labelsNeeded(model: path) }
    let wPlus = withoutRecording {
      var random = RandomSource(seed: seed)
      return WPlus(generator.wPlus(random.normal([1, mapping.inputSize]), truncationPsi: psi))
    }
    return LatentCode(
      wPlus: wPlus,
      record: LatentCode.Record(
        model: fingerprint, domain: domain, source: .sample(seed: seed, truncationPsi: psi),
        steps: 0))
  }
}
