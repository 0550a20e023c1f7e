import Layers
import TensorCore

/// The encoder of pSp (Richardson et al. 2021) and e4e (Tov et al. 2021): IR-SE50, a pyramid of
/// three of its feature maps and a head for each row of W+ (formats spec 5.2).
///
/// It reads pictures of 256 pixels; those of another size are averaged or interpolated to it. For
/// cars it reads the middle three quarters of the rows, 256x192.
public struct SqueezePyramidEncoder: LatentEncoder {
  private let body: ResidualSqueezeNetwork
  private let lateral: [PlainConvolution]
  private let heads: [StyleHead]
  /// Added to the heads' answers, `[rows, w]`.
  private let offset: Tensor?
  /// Whether rows after the first are differences from it (e4e).
  private let isRelative: Bool
  private let readsMiddleRows: Bool
  /// Units whose results are the levels of the pyramid, large to small.
  private static let taps = [6, 20, 23]

  /// Reads `encoder.input_layer.*`, `encoder.body.*`, `encoder.styles.*`, `encoder.latlayer*` and
  /// `encoder.latent_avg`. Heads beyond `rowCount` are read and left out.
  ///
  /// - Throws: `ModelError` for a missing, misshaped or not finite tensor.
  init(
    _ weights: WeightTable, _ description: EncoderDescription, rowCount: Int, width: Int
  ) throws(ModelError) {
    let prefix = "encoder."
    isRelative = description.architecture == "e4e"
    readsMiddleRows = description.dataset?.hasPrefix("cars") ?? false
    let body = try ResidualSqueezeNetwork(weights, prefix: prefix)
    self.body = body
    let channels = Self.taps.map { body.channels(afterUnit: $0) }
    lateral = [
      try weights.convolution("\(prefix)latlayer2", [channels[2], channels[0], 1, 1]),
      try weights.convolution("\(prefix)latlayer1", [channels[2], channels[1], 1, 1]),
    ]
    var heads: [StyleHead] = []
    while heads.count < rowCount
      || weights.shape(of: "\(prefix)styles.\(heads.count).linear.weight") != nil
    {
      heads.append(
        try StyleHead(
          weights, "\(prefix)styles.\(heads.count)", channels: channels[2],
          depth: [4, 5, 6][Self.level(ofRow: heads.count)], width: width, isEqualized: true))
    }
    self.heads = Array(heads.prefix(rowCount))
    let mean =
      weights.shape(of: "\(prefix)latent_avg") == nil
      ? nil
      : try weights.tensor("\(prefix)latent_avg", shape: [heads.count, width], role: .buffer)
    offset =
      description.addsMeanLatent ?? isRelative ? mean.map { $0.slice(0..<rowCount, axis: 0) } : nil
  }

  /// 0 for the coarse rows, 1 for the middle and 2 for the fine ones.
  private static func level(ofRow row: Int) -> Int { row < 3 ? 0 : row < 7 ? 1 : 2 }

  /// The code `[N, rows, w]` of pictures `[N, 3, S, S]` in -1...1.
  public func callAsFunction(_ pictures: Tensor) -> Tensor {
    let features = body(prepared(pictures), taps: Self.taps)
    let coarse = features[2]
    let middle = Self.enlarged(coarse, like: features[1]) + lateral[1](features[1])
    let fine = Self.enlarged(middle, like: features[0]) + lateral[0](features[0])
    let levels = [coarse, middle, fine]
    var rows = heads.enumerated().map { row, head in head(levels[Self.level(ofRow: row)]) }
    if isRelative {
      for row in rows.indices.dropFirst() { rows[row] = rows[row] + rows[0] }
    }
    let codes = Tensor.concatenated(rows, axis: 1)
    return offset.map { codes + $0 } ?? codes
  }

  private func prepared(_ pictures: Tensor) -> Tensor {
    guard readsMiddleRows else { return pictures.meanPooled(height: 256, width: 256) }
    let side = pictures.shape[2]
    return pictures.slice(side / 8..<side - side / 8, axis: 2)
      .meanPooled(height: 192, width: 256)
  }

  private static func enlarged(_ small: Tensor, like large: Tensor) -> Tensor {
    small.resizedBilinear(
      height: large.shape[2], width: large.shape[3], aligningCorners: true)
  }
}
