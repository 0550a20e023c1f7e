import Checkpoints

/// Names and shapes of rosinality/stylegan2-pytorch checkpoints, brought to those of
/// stylegan2-ada-pytorch (formats spec 1.9).
enum RosinalityNames {
  /// The generator's tensors; `meanLatent` is the checkpoint's `latent_avg`.
  static func generator(
    _ tensors: [String: CheckpointTensor], meanLatent: CheckpointTensor
  ) throws -> [String: CheckpointTensor] {
    var result = ["mapping.w_avg": meanLatent]
    for (name, tensor) in tensors {
      guard let (key, shape) = generatorKey(name, tensor.shape) else { continue }
      result[key] = CheckpointTensor(floats: try tensor.floats(), shape: shape)
    }
    return result
  }

  /// The discriminator's tensors, for pictures of side `resolution`.
  static func discriminator(
    _ tensors: [String: CheckpointTensor], resolution: Int
  ) -> [String: CheckpointTensor] {
    var result: [String: CheckpointTensor] = [:]
    for (name, tensor) in tensors {
      if let key = discriminatorKey(name, resolution: resolution) { result[key] = tensor }
    }
    return result
  }

  /// The name of one generator tensor, nil for a filter.
  static func generatorKey(_ name: String, _ shape: [Int]) -> (String, [Int])? {
    let parts = name.split(separator: ".").map(String.init)
    let last = parts[parts.count - 1]
    if last == "kernel" { return nil }
    switch parts[0] {
    case "style":
      guard let index = Int(parts[1]) else { return nil }
      return ("mapping.fc\(index - 1).\(last)", shape)
    case "input": return ("synthesis.b4.const", Array(shape.dropFirst()))
    case "noises":
      guard let index = Int(last.dropFirst("noise_".count)) else { return nil }
      return ("synthesis.\(layer(index)).noise_const", Array(shape.dropFirst(2)))
    case "conv1": return styled("synthesis.b4.conv1", Array(parts.dropFirst()), shape)
    case "to_rgb1": return image("synthesis.b4.torgb", Array(parts.dropFirst()), shape)
    case "convs":
      guard let index = Int(parts[1]) else { return nil }
      return styled("synthesis.\(layer(index + 1))", Array(parts.dropFirst(2)), shape)
    case "to_rgbs":
      guard let index = Int(parts[1]) else { return nil }
      return image("synthesis.b\(8 << index).torgb", Array(parts.dropFirst(2)), shape)
    default: return nil
    }
  }

  /// The layer of noise map `index`.
  private static func layer(_ index: Int) -> String {
    index == 0 ? "b4.conv1" : "b\(8 << ((index - 1) / 2)).conv\((index - 1) % 2)"
  }

  private static func styled(_ key: String, _ rest: [String], _ shape: [Int]) -> (String, [Int])? {
    switch rest.joined(separator: ".") {
    case "conv.weight": ("\(key).weight", Array(shape.dropFirst()))
    case "conv.modulation.weight": ("\(key).affine.weight", shape)
    case "conv.modulation.bias": ("\(key).affine.bias", shape)
    case "noise.weight": ("\(key).noise_strength", [])
    case "activate.bias": ("\(key).bias", shape)
    default: nil
    }
  }

  private static func image(_ key: String, _ rest: [String], _ shape: [Int]) -> (String, [Int])? {
    if rest == ["bias"] { return ("\(key).bias", [shape[1]]) }
    return styled(key, rest, shape)
  }

  private static func discriminatorKey(_ name: String, resolution: Int) -> String? {
    let parts = name.split(separator: ".").map(String.init)
    let last = parts[parts.count - 1]
    if last == "kernel" { return nil }
    switch parts[0] {
    case "final_conv": return "b4.conv.\(last)"
    case "final_linear": return parts[1] == "0" ? "b4.fc.\(last)" : "b4.out.\(last)"
    case "convs":
      guard let index = Int(parts[1]) else { return nil }
      if index == 0 { return "b\(resolution).fromrgb.\(last)" }
      let layer = ["conv1": "conv0", "conv2": "conv1", "skip": "skip"][parts[2]] ?? ""
      return "b\(resolution >> (index - 1)).\(layer).\(last)"
    default: return nil
    }
  }
}
