// Descriptions of checkpoints for people. Names come from files of strangers and are printed without
// control characters.

extension Checkpoint {
  /// Number of stored elements of all tensors.
  public var elementCount: Int { tensors.values.reduce(0) { $0 + $1.elementCount } }

  /// One line about every tensor, sorted by name: its type, shape and name.
  public var tensorLines: [String] {
    let sorted = tensors.sorted { $0.key < $1.key }
    let width = sorted.map { "\($0.value.shape)".count }.max() ?? 0
    return sorted.map { name, tensor in
      let type = tensor.elementType.rawValue
      let shape = "\(tensor.shape)"
      return type + String(repeating: " ", count: max(1, 5 - type.count)) + shape
        + String(repeating: " ", count: width - shape.count + 2) + name.printable
    }
  }

  /// One line about every setting and metadata entry, sorted by name: `name = value`.
  public var settingLines: [String] {
    var lines = attributes.map { "\($0.key.printable) = \($0.value.text.printable)" }
    lines += metadata.map { "\($0.key.printable) = \($0.value.printable)" }
    return lines.sorted()
  }
}

extension Checkpoint.Attribute {
  /// The value as text.
  public var text: String {
    switch self {
    case .bool(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .double(let value): "\(value)"
    case .text(let value): value
    }
  }
}

extension ModelSource {
  /// What such a file holds, in a few words.
  public var title: String {
    switch self {
    case .semblance: "model of this program"
    case .styleGAN2ADA: "StyleGAN2 generator of stylegan2-ada-pytorch or stylegan3"
    case .rosinality: "StyleGAN2 generator of rosinality's stylegan2-pytorch"
    case .tensorFlow: "StyleGAN2 generator for TensorFlow"
    case .editGANClassifier: "pixel classifier of EditGAN"
    case .editGANEncoder: "encoder of EditGAN"
    case .pSp: "encoder of pSp"
    case .e4e: "encoder of e4e"
    case .lpips: "linear weights of LPIPS"
    case .vgg16: "VGG16 of torchvision"
    case .vgg19: "VGG19 of torchvision"
    case .alexNet: "AlexNet of torchvision"
    case .squeezeNet: "SqueezeNet 1.1 of torchvision"
    case .arcFace: "face recognition network of ArcFace"
    case .inception: "Inception network of the Frechet distance"
    case .spadeGenerator: "generator of SPADE"
    case .spadeDiscriminator: "discriminator of SPADE"
    case .spadeEncoder: "encoder of SPADE"
    }
  }
}

extension ImportedModel {
  /// The sizes of a generator, such as "512x512 pixels, 16 rows of 512", or nil when there is none.
  public var generatorSummary: String? {
    guard case .integer(let side)? = configuration["img_resolution"],
      case .integer(let rows)? = configuration["num_ws"],
      case .integer(let width)? = configuration["w_dim"]
    else { return nil }
    var summary = "\(side)x\(side) pixels, \(rows) rows of \(width)"
    if case .integer(let labels)? = configuration["c_dim"], labels > 0 {
      summary += ", \(labels) labels"
    }
    return summary
  }

  /// Classes of the segmentation branch, or nil when there is none.
  public var classCount: Int? {
    for name in ["segmentation.fc2.bias", "segmentation.0.fc2.bias"] {
      if let tensor = tensors[name] { return tensor.elementCount }
    }
    return nil
  }
}
