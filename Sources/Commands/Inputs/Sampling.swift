import Editing
import Networks
import TensorCore

extension JointModel {
  /// The code of a random picture.
  ///
  /// - Parameters:
  ///   - seed: the same seed gives the same code, whatever else is sampled.
  ///   - psi: 1 leaves the latent vector alone, 0 gives the mean of all.
  ///   - label: for a generator that was trained with labels, which one; nil draws it.
  /// - Throws: `CommandError.noLabels`, `.noSuchLabel`.
  func sample(
    seed: UInt64, truncationPsi psi: Float, label: Int? = nil
  ) throws(CommandError) -> LatentCode {
    let mapping = generator.mapping
    if let label, !(0..<mapping.labelSize).contains(label) {
      throw mapping.labelSize == 0
        ? .noLabels(model: path)
        : .noSuchLabel(label, count: mapping.labelSize, model: path)
    }
    return withoutRecording {
      var random = RandomSource(seed: seed)
      let z = random.normal([1, mapping.inputSize])
      let labels = label.map { [$0] } ?? mapping.drawLabels(1, using: &random)
      return LatentCode(
        wPlus: WPlus(generator.wPlus(z, labels: mapping.oneHot(labels), truncationPsi: psi)),
        record: LatentCode.Record(
          model: fingerprint, domain: domain,
          source: .sample(seed: seed, truncationPsi: psi, label: labels.first), steps: 0))
    }
  }
}
