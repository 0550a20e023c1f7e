import Checkpoints
import Evaluation
import Networks
import Pictures
import TensorCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

// The model of a paired training: what it is made from, what it is worth, what is written.

extension PairedGeneratorTraining {
  private struct LatentNames: Codable {
    var factors: Int
    var names: [String]
    var ballast: Int
  }

  private struct Provenance: Encodable {
    var trainer = "semblance train generator"
    var method = "regression of renderings on their factors"
    var picturesInDataSet: Int
    var picturesSeen: Int
    var steps: Int
    var discriminatorSteps: Int
    var weights = "exponential moving average"
    var begunFrom: String?
  }

  static func configuration(of source: SafetensorsFile) throws(TrainingError)
    -> StyleGAN2Configuration
  {
    do throws(ModelError) {
      return try StyleGAN2Configuration(metadata: source.metadata, path: source.path)
    } catch { throw .model(error) }
  }

  /// The weights of a model to go on from, and its sizes.
  static func weights(
    of source: SafetensorsFile, _ latents: FactorLatents, _ data: RenderedPictures
  ) throws(TrainingError) -> ([String: Tensor], StyleGAN2Architecture) {
    if let text = source.metadata["latent"],
      let stated = try? JSONDecoder().decode(LatentNames.self, from: Data(text.utf8)),
      stated.names != latents.names
    {
      throw .otherModel(
        path: source.path,
        reason: "it has \(stated.names.count) factors, the table \(data.factors.path) "
          + "\(latents.names.count) or others")
    }
    let model: JointModel
    do throws(ModelError) { model = try JointModel(source) } catch { throw .model(error) }
    let mapping = model.generator.mapping
    guard mapping.inputSize == latents.inputSize, mapping.labelSize == 0 else {
      throw .otherModel(
        path: source.path,
        reason: "its latent vectors have \(mapping.inputSize) numbers, the factors of "
          + "\(data.factors.path) need \(latents.inputSize)")
    }
    guard let branch = model.branch, branch.members.count == 1 else {
      throw .otherModel(path: source.path, reason: "it has no segmentation branch of one member")
    }
    guard branch.classCount == data.palette.count else {
      throw .otherModel(
        path: source.path,
        reason: "it has \(branch.classCount) classes, the masks \(data.palette.count)")
    }
    var weights: [String: Tensor] = [:]
    for (name, tensor) in source.tensors
    where ["mapping.", "synthesis.", "segmentation."].contains(where: name.hasPrefix) {
      do throws(CheckpointError) { weights[name] = try tensor.tensor() } catch {
        throw .checkpoint(error)
      }
    }
    if weights["mapping.w_avg"] == nil { weights["mapping.w_avg"] = model.generator.meanLatent }
    let channels = model.generator.synthesis.layers.map { ($0.resolution, $0.channels) }
    return (
      weights,
      StyleGAN2Architecture(
        resolution: model.resolution, channelBase: channels.map { $0.0 * $0.1 }.max() ?? 8,
        channelMaximum: channels.map(\.1).max() ?? 1, inputSize: mapping.inputSize,
        latentSize: model.latentWidth, mappingLayers: mapping.layers.count)
    )
  }

  /// The model of the averaged weights.
  ///
  /// An encoder of the model that was gone on from stays in it when none learned along; it no
  /// longer fits exactly then.
  ///
  /// - Parameters:
  ///   - domain: what the model shows; nil keeps the name it had.
  ///   - scores: its scores, if they were measured.
  /// - Throws: `TrainingError.model`.
  public func modelFile(domain: String, scores: RenderingScores?) throws(TrainingError)
    -> GeneratorModelFile
  {
    let networks = try averagedNetworks()
    var tensors = networks.all
    tensors["mapping.w_avg"] = networks.generator.mapping.estimatedMean(count: 8192)
    // Renderings were learned without noise.
    for name in tensors.keys where name.hasSuffix(".noise_strength") { tensors[name] = Tensor(0) }
    var metadata = source?.metadata ?? [:]
    metadata["format"] =
      "stylegan2-ada-pytorch Generator state dict + segmentation.* + encoder.*"
    if source == nil {
      metadata["config"] = GeneratorModelFile.json(
        GeneratorModelFile.Config(
          architecture, networks.generator.configuration, letterbox: data.letterbox,
          domain: domain))
    }
    metadata["classes"] = ClassList.json(data.palette)
    metadata["latent"] = GeneratorModelFile.json(
      LatentNames(
        factors: latents.factorCount, names: latents.names,
        ballast: latents.inputSize - latents.factorCount))
    metadata["provenance"] = GeneratorModelFile.json(
      Provenance(
        picturesInDataSet: data.training.count, picturesSeen: pictureCount, steps: step,
        discriminatorSteps: discriminatorSteps,
        begunFrom: source?.path.split(separator: "/").last.map(String.init)))
    if let scores { metadata["scores"] = GeneratorModelFile.json(scores) }
    var file = GeneratorModelFile(tensors: tensors, metadata: metadata)
    if let companion {
      file.tensors.merge(companion.weights) { own, _ in own }
    } else {
      file.others = source?.tensors.filter { $0.key.hasPrefix("encoder.") } ?? [:]
    }
    return file
  }

  /// The encoder that learns along, from the weights of the model's or from new ones; nil when none
  /// is wanted.
  static func companion(
    of source: SafetensorsFile?, _ networks: JointNetworks, averages: [String: Tensor],
    data: RenderedPictures, options: PairedGeneratorOptions
  ) throws(TrainingError) -> CompanionEncoder? {
    guard options.codedSteps > 0 else { return nil }
    var weights: [String: Tensor] = [:]
    for (name, tensor) in source?.tensors ?? [:] where name.hasPrefix("encoder.") {
      do throws(CheckpointError) { weights[name] = try tensor.tensor() } catch {
        throw .checkpoint(error)
      }
    }
    if weights.isEmpty {
      let synthesis = networks.generator.synthesis
      weights = ImageEncoderArchitecture(
        resolution: synthesis.resolution, rowCount: synthesis.rowCount,
        latentSize: synthesis.latentSize, hidden: options.encoderHidden
      ).weights(seed: options.seed &+ 3)
    }
    return try CompanionEncoder(
      weights: weights, averages: averages, networks: networks, letterbox: data.letterbox)
  }

  /// The resolution that the training has reached.
  public var resolution: Int {
    options.stages.stage(at: Double(max(0, step - 1)) / Double(options.steps)).resolution
  }

  /// A picture of the generator with the classes of its pixels, without bands.
  public struct Drawing {
    /// The picture.
    public let picture: Picture
    /// The class of each pixel.
    public let labels: LabelMap
    /// Its values `[1, 3, h, w]`, -1...1.
    public let image: Tensor
  }

  /// Draws latent vectors `[N, inputSize]` with the averaged weights at the resolution reached.
  ///
  /// - Parameter truncationPsi: 1 leaves w alone, 0 gives the mean.
  /// - Throws: `TrainingError.model`.
  public func drawings(of z: Tensor, truncationPsi: Float = 1) throws(TrainingError) -> [Drawing] {
    let networks = try averagedNetworks()
    let mapping = networks.generator.mapping
    let mean = truncationPsi == 1 ? nil : mapping.estimatedMean(count: 2048)
    let side = resolution
    var network = networks.synthesis(at: side)
    if let pass = BlockedSynthesis(network) { network.pass = pass }
    let branch: SegmentationBranch
    do throws(ModelError) {
      branch = try networks.branch.frozen(layers: network.layers.count, resolution: side)
    } catch { throw .model(error) }
    let area = data.validArea(side: side)
    return withoutRecording {
      (0..<z.shape[0]).map { index in
        var w = mapping(z.slice(index..<index + 1, axis: 0))
        if let mean { w = mean + (w - mean) * truncationPsi }
        let output = network(
          mapping.wPlus(w, rowCount: network.rowCount), noise: .none, features: .layers)
        let image = output.image
          .slice(area.top..<area.top + area.height, axis: 2)
          .slice(area.left..<area.left + area.width, axis: 3)
          .clamped(to: -1...1)
        let labels = LabelMap(width: side, height: side, labels: branch.labels(output.features))
        return Drawing(picture: image.picture(), labels: labels.cropped(to: area), image: image)
      }
    }
  }

  /// The pictures to judge by: those held out, or where there are none the first to learn from.
  var judged: [Int] { data.heldOut.isEmpty ? Array(data.training.prefix(8)) : data.heldOut }

  /// Latent vectors of pictures, the same at every call.
  func latents(of indices: [Int]) -> Tensor {
    .concatenated(
      indices.map { index in
        var random = RandomSource(seed: 77, stream: UInt64(index))
        return latents.withBallast(
          latents.factors(of: data.factors(of: [index]), isCanonical: true, &random))
      }, axis: 0)
  }

  /// Compares held-out renderings with what the generator makes of their factors.
  ///
  /// - Parameter count: the most pictures that are compared.
  /// - Throws: `TrainingError`.
  public func scores(count: Int = 64) throws(TrainingError) -> RenderingScores {
    let indices = Array(judged.prefix(count))
    let drawings = try drawings(of: latents(of: indices))
    var confusion = ConfusionMatrix(classCount: data.palette.count)
    var (psnr, ssim) = (0.0, 0.0)
    let area = data.validArea(side: resolution)
    let isMeasurable = min(area.width, area.height) >= ImageQuality.structuralSimilarityWindow
    for (index, drawing) in zip(indices, drawings) {
      let batch = try data.batch([index], side: resolution)
      psnr += ImageQuality.peakSignalToNoiseRatio(drawing.image, batch.pictures)[0]
      do throws(EvaluationError) {
        if isMeasurable {
          ssim += try ImageQuality.structuralSimilarity(drawing.image, batch.pictures)[0]
        }
        try confusion.add(predicted: drawing.labels.labels, expected: batch.labels)
      } catch { throw .evaluation(error) }
    }
    let total = Double(max(indices.count, 1))
    return RenderingScores(
      resolution: resolution, pictures: indices.count, psnr: psnr / total,
      ssim: isMeasurable ? ssim / total : nil,
      meanIoU: confusion.meanIntersectionOverUnion() ?? 0)
  }

  /// Held-out renderings, what the generator makes of their factors, both masks, and random
  /// pictures with theirs.
  ///
  /// - Throws: `TrainingError`.
  public func sheet(columns: Int = 8) throws(TrainingError) -> Picture {
    let indices = Array(judged.prefix(columns))
    let side = resolution
    let area = data.validArea(side: side)
    let repeated = try drawings(of: latents(of: indices))
    var random = RandomSource(seed: 99)
    let fresh = try drawings(
      of: random.normal([indices.count, latents.inputSize]), truncationPsi: 0.8)
    let batch = try data.batch(indices, side: side)
    let scale = max(1, data.letterbox.side / side)
    var sheet = ContactSheet(
      columns: indices.count, cellWidth: area.width * scale, cellHeight: area.height * scale)
    sheet.title =
      "step \(step): renderings, repeated, their masks, repeated, random pictures, their masks"
    for index in indices.indices {
      let picture = batch.pictures.slice(index..<index + 1, axis: 0).picture()
      sheet.append(picture, enlargement: .nearest)
    }
    for drawing in repeated { sheet.append(drawing.picture, enlargement: .nearest) }
    let pixels = area.width * area.height
    for index in indices.indices {
      let map = LabelMap(
        width: area.width, height: area.height,
        labels: Array(batch.labels[index * pixels..<(index + 1) * pixels]))
      sheet.append(map.colored(with: data.palette), enlargement: .nearest)
    }
    for drawing in repeated {
      sheet.append(drawing.labels.colored(with: data.palette), enlargement: .nearest)
    }
    for drawing in fresh { sheet.append(drawing.picture, enlargement: .nearest) }
    for drawing in fresh {
      sheet.append(drawing.labels.colored(with: data.palette), enlargement: .nearest)
    }
    return sheet.rendered()
  }
}
