// Whether the parts of one model are made for each other, told by their shapes.

extension ImportedModel {
  /// Throws unless classifiers read the features of the generator, agree on their classes, and the
  /// encoder has a row for each of the generator's.
  ///
  /// - Throws: `CheckpointError.unfittingParts`.
  func requireFittingParts() throws(CheckpointError) {
    let members = tensors.keys
      .filter { $0.hasPrefix("segmentation.") && $0.hasSuffix("fc0.weight") }.sorted()
    let widths = Set(members.compactMap { tensors[$0]?.shape.last })
    if widths.count > 1 {
      throw .unfittingParts(
        reason: "the classifiers read \(Self.list(widths)) features; they must read equally many")
    }
    let classes = Set(
      members.compactMap { name in
        tensors[name.dropLast("fc0.weight".count) + "fc2.bias"]?.elementCount
      })
    if classes.count > 1 {
      throw .unfittingParts(
        reason: "the classifiers know \(Self.list(classes)) classes; they must know the same")
    }
    if let width = widths.first, let counts = featureCounts, !counts.contains(width) {
      throw .unfittingParts(
        reason: "the classifier reads \(width) features, the generator has "
          + "\(counts[0]), or \(counts[1]) with its constant")
    }
    guard case .object(let encoder)? = configuration["encoder"],
      case .integer(let found)? = encoder["rows"],
      case .integer(let rows)? = configuration["num_ws"]
    else { return }
    // e4e's encoder of cars has two rows more than its generator and leaves them out.
    guard found == rows || found > rows && encoder["architecture"] != .text("editgan-fpn") else {
      throw .unfittingParts(
        reason: "the encoder answers with \(found) rows of W+, the generator has \(rows)")
    }
  }

  /// Channels of all synthesis layers, without and with the constant; nil without a generator.
  private var featureCounts: [Int]? {
    guard let constant = tensors["synthesis.b4.const"]?.shape.first else { return nil }
    var total = 0
    for (name, tensor) in tensors where name.hasPrefix("synthesis.b") {
      let isLayer = name.hasSuffix(".conv0.weight") || name.hasSuffix(".conv1.weight")
      if isLayer { total += tensor.shape.first ?? 0 }
    }
    return [total, total + constant]
  }

  private static func list(_ numbers: Set<Int>) -> String {
    numbers.sorted().map(String.init).joined(separator: " and ")
  }
}
