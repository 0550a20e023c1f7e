import Checkpoints
import TensorCore

/// A network that answers a picture with its latent code.
public protocol LatentEncoder {
  /// The code `[N, rows, w]` of pictures `[N, 3, S, S]` of the generator's square, in -1...1 (bands
  /// of a letterbox are -1).
  func callAsFunction(_ pictures: Tensor) -> Tensor
}

/// What a model file's `config` says about an encoder of another program.
struct EncoderDescription: Decodable {
  /// Which network it is: `psp`, `e4e` or `editgan-fpn`.
  var architecture: String?
  /// Whether the mean latent is added to the network's answer.
  var addsMeanLatent: Bool?
  /// The data that it was trained on, when its file says so.
  var dataset: String?

  enum CodingKeys: String, CodingKey {
    case architecture
    case addsMeanLatent = "start_from_latent_avg"
    case dataset = "dataset_type"
  }
}

extension WeightTable {
  /// The encoder under `encoder.`, whichever it is; nil when there is none.
  ///
  /// - Throws: `ModelError` for a missing, misshaped or not finite tensor.
  func encoder(
    _ description: EncoderDescription, resolution: Int, rowCount: Int, meanLatent: Tensor
  ) throws(ModelError) -> (any LatentEncoder)? {
    let width = meanLatent.count
    if shape(of: "encoder.fc0.weight") != nil {
      return try ImageEncoder(
        self, resolution: resolution, rowCount: rowCount, meanLatent: meanLatent)
    }
    if shape(of: "encoder.FPN_module.conv1.weight") != nil {
      return try ResNetPyramidEncoder(self, rowCount: rowCount, width: width)
    }
    guard shape(of: "encoder.input_layer.0.weight") != nil else { return nil }
    return try SqueezePyramidEncoder(self, description, rowCount: rowCount, width: width)
  }
}
