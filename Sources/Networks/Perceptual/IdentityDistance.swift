import Checkpoints
import Layers
import TensorCore

/// How different two faces are to ArcFace (Deng et al. 2019): one minus the cosine of their
/// embeddings (formats spec 5.4).
public struct IdentityDistance {
  private let body: ResidualSqueezeNetwork
  private let first: BatchNormalization
  private let weight: Tensor
  private let bias: Tensor
  private let last: BatchNormalization
  /// The part of a 256-pixel picture aligned as in FFHQ that shows the face as ArcFace expects it.
  private static let rows = 35..<223
  private static let columns = 32..<220
  private static let side = 112

  /// Reads a published IR-SE50 file (`model_ir_se50.pth`) or one that was imported.
  ///
  /// - Throws: `ModelError` when it is something else.
  public init(contentsOf path: String) throws(ModelError) {
    let model: ImportedModel
    do throws(CheckpointError) {
      model = try ImportedModel(Checkpoint(contentsOf: path))
    } catch { throw .checkpoint(error) }
    try self.init(WeightTable(model.tensors, path: path))
  }

  /// Reads `identity.*`.
  ///
  /// - Throws: `ModelError` for a missing, misshaped or not finite tensor.
  public init(_ weights: WeightTable) throws(ModelError) {
    body = try ResidualSqueezeNetwork(weights, prefix: "identity.")
    let channels = body.channels(afterUnit: 23)
    first = try weights.normalization("identity.output_layer.0", channels)
    weight = try weights.tensor(
      "identity.output_layer.3.weight", shape: [nil, channels * 49])
    bias = try weights.tensor("identity.output_layer.3.bias", shape: [weight.shape[0]])
    last = try weights.normalization("identity.output_layer.4", weight.shape[0])
    try weights.requireNothingRemains()
  }

  /// Embeddings of unit length, `[N, 512]`, of face pictures `[N, 3, H, W]` in -1...1, aligned as in
  /// FFHQ.
  public func embedding(of pictures: Tensor) -> Tensor {
    let face = pictures.meanPooled(height: 256, width: 256)
      .slice(Self.rows, axis: 2).slice(Self.columns, axis: 3)
      .meanPooled(height: Self.side, width: Self.side)
    let features = first(body(face, taps: [23])[0])
    let flat = features.reshaped([features.shape[0], features.count / features.shape[0]])
    let raw = last(flat.matrixProduct(weight, transposingOther: true) + bias)
    return raw * (raw.squared().sum(axes: [1], keepingAxes: true) + 1e-12).reciprocalSquareRoot()
  }

  /// One minus the cosine, `[N]`, of each picture's embedding and one that `embedding(of:)` gave.
  public func callAsFunction(_ pictures: Tensor, to embedding: Tensor) -> Tensor {
    1 - (self.embedding(of: pictures) * embedding.detached()).sum(axes: [1])
  }
}
