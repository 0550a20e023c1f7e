/// The names and shapes of a network's tensors, in the naming of PyTorch's layers.
struct NetworkLayout {
  private(set) var tensors: [(name: String, shape: [Int?])] = []

  /// A convolution `[outputs, inputs, rows, columns]`.
  mutating func convolution(
    _ name: String, _ inputs: Int?, _ outputs: Int?, _ rows: Int, _ columns: Int? = nil,
    hasBias: Bool = true
  ) {
    tensors.append(("\(name).weight", [outputs, inputs, rows, columns ?? rows]))
    if hasBias { tensors.append(("\(name).bias", [outputs])) }
  }

  /// A linear layer `[outputs, inputs]` with bias.
  mutating func linear(_ name: String, _ inputs: Int?, _ outputs: Int?) {
    tensors.append(("\(name).weight", [outputs, inputs]))
    tensors.append(("\(name).bias", [outputs]))
  }

  /// Batch normalisation with its statistics.
  mutating func normalization(_ name: String, _ channels: Int) {
    for part in ["weight", "bias", "running_mean", "running_var"] {
      tensors.append(("\(name).\(part)", [channels]))
    }
  }

  /// The slopes of a PReLU.
  mutating func slopes(_ name: String, _ channels: Int) {
    tensors.append(("\(name).weight", [channels]))
  }

  /// Takes all tensors, the names of the source behind `source` and those of the result behind
  /// `target`.
  func take(
    _ draft: inout MappingDraft, from source: String = "", to target: String
  ) throws(CheckpointError) {
    for (name, shape) in tensors {
      try draft.take(source + name, as: target + name, shape: shape)
    }
  }
}
