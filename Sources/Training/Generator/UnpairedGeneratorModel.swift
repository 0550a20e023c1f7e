import Networks
import Pictures
import TensorCore

// The model of an unpaired training, and what it draws.

extension UnpairedGeneratorTraining {
  /// The generator with the averaged weights, which learns nothing.
  ///
  /// - Throws: `TrainingError.model` when training has spoiled them.
  public func averagedGenerator() throws(TrainingError) -> Generator {
    let weights = average.averages.merging(generator.buffers) { own, _ in own }
    do throws(ModelError) {
      return try Generator(
        WeightTable(weights.mapValues { $0.copied() }), configuration: generator.configuration)
    } catch { throw .model(error) }
  }

  /// The model of the averaged weights.
  public func modelFile(domain: String) -> GeneratorModelFile {
    let seen = step * options.batchSize
    return GeneratorModelFile(
      tensors: average.averages.merging(generator.buffers) { own, _ in own },
      metadata: [
        "format": "stylegan2-ada-pytorch Generator state dict",
        "config": GeneratorModelFile.json(
          GeneratorModelFile.Config(
            architecture, generator.configuration, letterbox: data.letterbox, domain: domain)),
        "provenance": "semblance train generator, \(step) of \(options.steps) steps, \(seen) "
          + "pictures seen of \(data.items.count)",
      ])
  }

  /// Pictures of the training, and random ones of the averaged weights.
  ///
  /// - Throws: `TrainingError`.
  public func sheet(columns: Int = 8, truncationPsi: Float = 0.8) throws(TrainingError) -> Picture {
    let generator = try averagedGenerator()
    var sheet = ContactSheet(
      columns: columns, cellWidth: data.letterbox.valid.width,
      cellHeight: data.letterbox.valid.height)
    sheet.title = "step \(step): pictures of the training; random pictures"
    let shown = (0..<columns).map { $0 % data.items.count }
    for index in shown {
      let picture = try data.batch([index], isMirrored: [false]).picture()
      sheet.append(data.letterbox.unframed(picture))
    }
    var random = RandomSource(seed: 99)
    for _ in 0..<3 * columns {
      let z = random.normal([1, generator.mapping.inputSize])
      let picture = withoutRecording {
        generator(z, truncationPsi: truncationPsi).picture()
      }
      sheet.append(data.letterbox.unframed(picture))
    }
    return sheet.rendered()
  }
}
