import Networks
import TensorCore

/// Random codes of a generator with their pictures: pairs whose truth is known.
struct EncoderSamples {
  let model: JointModel
  let count: Int

  /// Codes `[N, rows, w]` and their pictures `[N, 3, H, W]`, limited to -1...1 as files are.
  ///
  /// Every second code mixes two styles: the encoder must tell the rows of W+ apart.
  func draw(_ random: inout RandomSource, truncationPsi: Float) -> (codes: Tensor, images: Tensor) {
    withoutRecording {
      let generator = model.generator
      let (codes, others) = (styles(&random, truncationPsi), styles(&random, truncationPsi))
      let parts = (0..<count).map { index in
        let own = codes.slice(index..<index + 1, axis: 0)
        let cutoff = Int.random(in: 1..<max(2, model.rowCount), using: &random)
        guard index % 2 == 1 else { return own }
        return generator.styleMixing(
          own, others.slice(index..<index + 1, axis: 0), cutoff: cutoff)
      }
      let mixed = Tensor.concatenated(parts, axis: 0)
      let images = model.synthesize(mixed, withFeatures: false).image.clamped(to: -1...1)
      // What photos have in the bands of a letterbox.
      guard model.letterbox.hasBands else { return (mixed, images) }
      return (mixed, (images + 1) * model.validMask - 1)
    }
  }

  /// Codes of one style each, of any label where the generator has labels.
  private func styles(_ random: inout RandomSource, _ truncationPsi: Float) -> Tensor {
    let mapping = model.generator.mapping
    let z = random.normal([count, mapping.inputSize])
    let labels = mapping.drawLabels(count, using: &random)
    return model.generator.wPlus(z, labels: mapping.oneHot(labels), truncationPsi: truncationPsi)
  }
}
