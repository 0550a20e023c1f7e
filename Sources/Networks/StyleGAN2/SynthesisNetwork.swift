import Layers
import TensorCore

/// The layers of one resolution: one styled convolution at 4x4, two above, and the picture layer.
public struct SynthesisBlock {
  /// Side of the block's features.
  public let resolution: Int
  /// The styled convolutions, first to last.
  public let layers: [SynthesisLayer]
  /// Adds to the picture.
  public let toImage: ImageLayer
}

/// Turns a W+ code into a picture and the features on the way: StyleGAN2's synthesis network with
/// skip connections (formats spec 1.1, 1.4, 1.5).
///
/// The rows of W+ go to the layers in order; a picture layer reads the row behind its block's last
/// convolution, which the next block's first convolution reads too.
public struct SynthesisNetwork {
  /// The learned start `[C, 4, 4]`.
  public let constant: Tensor
  /// The blocks, from 4x4 to the full resolution.
  public let blocks: [SynthesisBlock]
  /// The filter of all changes of size.
  public let filter: FIRFilter
  /// How the layers are computed.
  public var pass: any SynthesisPass = PlanarSynthesis()

  /// Reads `PREFIXb{4, 8, ...}.*`; resolution, channels and sizes follow from the shapes.
  ///
  /// - Throws: `ModelError` for missing, misshaped or not finite tensors.
  public init(
    _ weights: WeightTable, prefix: String = "synthesis.", latentSize: Int? = nil,
    configuration: StyleGAN2Configuration = .init()
  ) throws(ModelError) {
    let resolutions = (2...12).map { 1 << $0 }
    let last = resolutions.last { weights.shape(of: "\(prefix)b\($0).conv1.weight") != nil } ?? 4
    constant = try weights.tensor("\(prefix)b4.const", shape: [nil, 4, 4])
    filter = configuration.filter
    var channels = constant.shape[0]
    var latentSize = latentSize
    var blocks: [SynthesisBlock] = []
    for resolution in resolutions where resolution <= last {
      var layers: [SynthesisLayer] = []
      for name in resolution == 4 ? ["conv1"] : ["conv0", "conv1"] {
        let layer = try SynthesisLayer(
          weights, prefix: prefix, name: "b\(resolution).\(name)", resolution: resolution,
          inputs: channels, latentSize: latentSize, upsamples: name == "conv0",
          configuration: configuration)
        channels = layer.channels
        latentSize = layer.affine.inputs
        layers.append(layer)
      }
      let toImage = try ImageLayer(
        weights, prefix: "\(prefix)b\(resolution).", inputs: channels, latentSize: latentSize,
        configuration: configuration)
      try weights.requireFilter("\(prefix)b\(resolution).resample_filter", configuration.filter)
      blocks.append(SynthesisBlock(resolution: resolution, layers: layers, toImage: toImage))
    }
    self.blocks = blocks
  }

  /// The network of the blocks up to a lower resolution, which shares all weights: its pictures are
  /// what the skip connections hold there.
  public func limited(to resolution: Int) -> SynthesisNetwork {
    let kept = blocks.filter { $0.resolution <= resolution }
    check(kept.last?.resolution == resolution, "synthesis: no block of \(resolution) pixels")
    return SynthesisNetwork(constant: constant, blocks: kept, filter: filter)
  }

  private init(constant: Tensor, blocks: [SynthesisBlock], filter: FIRFilter) {
    self.constant = constant
    self.blocks = blocks
    self.filter = filter
  }

  /// Side of the pictures.
  public var resolution: Int { blocks[blocks.count - 1].resolution }
  /// Rows of a W+ code.
  public var rowCount: Int { layers.count + 1 }
  /// Numbers of a row.
  public var latentSize: Int { blocks[0].layers[0].affine.inputs }
  /// All styled convolutions, first to last.
  public var layers: [SynthesisLayer] { blocks.flatMap(\.layers) }

  /// The picture `[N, 3, H, W]` (about -1...1, not limited) of W+ codes `[N, rowCount, latentSize]`,
  /// with the features of every layer when asked for.
  public func callAsFunction(
    _ wPlus: Tensor, noise: SynthesisNoise = .constant, features: FeatureSelection = .none
  ) -> SynthesisOutput {
    check(
      wPlus.shape.rank == 3 && wPlus.shape[1] == rowCount && wPlus.shape[2] == latentSize,
      "synthesis: W+ \(wPlus.shape), expected [N, \(rowCount), \(latentSize)]")
    if case .explicit(let maps) = noise {
      check(maps.count == layers.count, "synthesis: \(maps.count) noise maps for \(layers.count)")
    }
    let maps = layers.enumerated().map { index, layer in
      noise.map(
        layer: index, resolution: layer.resolution, batch: wPlus.shape[0],
        constant: layer.noiseConstant)
    }
    return pass.run(self, wPlus: wPlus, noise: maps, features: features)
  }
}
