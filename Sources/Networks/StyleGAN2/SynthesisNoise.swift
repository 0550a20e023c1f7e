import TensorCore

/// The noise that is added behind every convolution of the synthesis network, times the layer's
/// learned strength.
public enum SynthesisNoise {
  /// No noise.
  case none
  /// The noise maps of the model, the same for every sample.
  case constant
  /// A map for each layer, in the order b4.conv1, b8.conv0, b8.conv1, ...; `[r, r]`, `[1, 1, r, r]`
  /// or `[N, 1, r, r]`.
  case explicit([Tensor])
  /// Independent standard normal numbers for each sample and layer; the same for the same seed.
  case random(seed: UInt64)

  /// The map of layer `index`, shaped to be added to `[batch, C, r, r]`; nil for none.
  func map(layer index: Int, resolution: Int, batch: Int, constant: Tensor) -> Tensor? {
    switch self {
    case .none: return nil
    case .constant: return constant.reshaped([1, 1, resolution, resolution])
    case .explicit(let maps):
      let map = maps[index]
      let samples = map.count / (resolution * resolution)
      check(
        map.shape[-1] == resolution && map.shape[-2] == resolution
          && (samples == 1 || (samples == batch && map.shape[0] == batch)),
        "noise of layer \(index): \(map.shape), expected [\(batch), 1, \(resolution), \(resolution)]"
      )
      return map.reshaped([samples, 1, resolution, resolution])
    case .random(let seed):
      var random = RandomSource(seed: seed, stream: UInt64(index))
      return random.normal([batch, 1, resolution, resolution])
    }
  }
}
