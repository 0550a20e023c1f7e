import Checkpoints
import Networks
import TensorCore

/// A model file with a random generator of 16x16 pixels and a few thousand weights.
///
/// - Parameters:
///   - classes: names and colours are stored when positive.
///   - valid: the picture's rows in the square; nil for all.
@discardableResult
func writeSmallModel(to path: String, classes: Int = 0, valid: Range<Int>? = nil) throws -> String {
  var weights = StyleGAN2Architecture(
    resolution: 16, channelBase: 128, channelMaximum: 16, inputSize: 8, latentSize: 8,
    mappingLayers: 2
  ).generatorWeights(seed: 5)
  for name in weights.keys where name.hasSuffix("noise_strength") { weights[name] = Tensor(0.05) }
  var metadata: [String: String] = [:]
  if let valid {
    metadata["config"] =
      #"{"domain":"small","valid":{"top":\#(valid.lowerBound),"left":0,"#
      + #""height":\#(valid.count),"width":16}}"#
  } else {
    metadata["config"] = #"{"domain":"small"}"#
  }
  if classes > 0 {
    let entries = (0..<classes).map { #"{"name":"part\#($0)","color":[\#($0),0,\#($0 * 2)]}"# }
    metadata["classes"] = "[" + entries.joined(separator: ",") + "]"
  }
  try SafetensorsWriter.write(
    weights.mapValues { CheckpointTensor($0) }, metadata: metadata, to: path)
  return path
}
