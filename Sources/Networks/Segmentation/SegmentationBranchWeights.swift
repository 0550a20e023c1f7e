import TensorCore

extension SegmentationBranch {
  /// Reads `segmentation.fc{0,1,2}.*`, or the members `segmentation.{m}.fc{0,1,2}.*` of an
  /// ensemble; nil when the table has neither.
  ///
  /// The first layer tells whether the generator's constant belongs to the hypercolumn.
  ///
  /// - Parameters:
  ///   - featureChannels: channels of the synthesis layers, first to last.
  ///   - constantChannels: channels of the generator's constant.
  /// - Throws: `ModelError` for a missing, misshaped or not finite tensor.
  public convenience init?(
    _ weights: WeightTable, featureChannels: [Int], constantChannels: Int, resolution: Int
  ) throws(ModelError) {
    var prefixes: [String] = []
    if weights.shape(of: "segmentation.fc0.weight") != nil { prefixes = ["segmentation."] }
    while prefixes.isEmpty || prefixes[0] != "segmentation.",
      weights.shape(of: "segmentation.\(prefixes.count).fc0.weight") != nil
    {
      prefixes.append("segmentation.\(prefixes.count).")
    }
    guard let first = prefixes.first else { return nil }
    let total = featureChannels.reduce(0, +)
    let withConstant = total + constantChannels
    let width = weights.shape(of: "\(first)fc0.weight")?.last ?? 0
    let includesConstant = width == withConstant
    let hidden = (0..<3).map { weights.shape(of: "\(first)fc\($0).weight")?.first ?? 0 }
    var members: [Member] = []
    for prefix in prefixes {
      var inputs = includesConstant ? withConstant : total
      var layers: [(weight: Tensor, bias: Tensor)] = []
      for (index, outputs) in hidden.enumerated() {
        layers.append(
          (
            try weights.tensor("\(prefix)fc\(index).weight", shape: [outputs, inputs]),
            try weights.tensor("\(prefix)fc\(index).bias", shape: [outputs])
          ))
        inputs = outputs
      }
      members.append(Member(first: layers[0], second: layers[1], third: layers[2]))
    }
    self.init(
      members: members,
      featureChannels: includesConstant
        ? [constantChannels] + featureChannels : featureChannels,
      resolution: resolution, includesConstant: includesConstant)
  }
}
