/// Where a checkpoint comes from, which decides how its names are mapped to those of this program.
public enum ModelSource: String, Sendable, CaseIterable {
  /// A model file of this program, or one with its names.
  case semblance
  /// Pickles of stylegan2-ada-pytorch and the StyleGAN2 configurations of stylegan3.
  case styleGAN2ADA = "stylegan2-ada"
  /// State dictionaries of rosinality's stylegan2-pytorch, also in EditGAN's releases.
  case rosinality
  /// Pickles of the original StyleGAN2 for TensorFlow.
  case tensorFlow = "tensorflow"
  /// One pixel classifier of EditGAN or DatasetGAN.
  case editGANClassifier = "editgan-classifier"
  /// EditGAN's encoder: ResNet-50 with a feature pyramid.
  case editGANEncoder = "editgan-encoder"
  /// pSp: encoder and generator.
  case pSp = "psp"
  /// e4e: encoder and generator.
  case e4e
  /// Linear weights of LPIPS.
  case lpips
  /// torchvision's VGG16.
  case vgg16
  /// torchvision's VGG19.
  case vgg19
  /// torchvision's AlexNet.
  case alexNet = "alexnet"
  /// torchvision's SqueezeNet 1.1.
  case squeezeNet = "squeezenet"
  /// The IR-SE50 face recognition network of ArcFace.
  case arcFace = "arcface"
  /// The Inception network of the Frechet distance.
  case inception
  /// SPADE's generator.
  case spadeGenerator = "spade-generator"
  /// SPADE's multi-scale discriminator.
  case spadeDiscriminator = "spade-discriminator"
  /// SPADE's image encoder.
  case spadeEncoder = "spade-encoder"

  /// What the publishers of such files demand, where it is known to restrict their use.
  public var licenceReminder: String? {
    switch self {
    case .styleGAN2ADA, .tensorFlow:
      "weights published by NVIDIA for StyleGAN2 are under the NVIDIA Source Code License, "
        + "for non-commercial use"
    case .editGANClassifier, .editGANEncoder:
      "weights published with EditGAN are under an NVIDIA licence for non-commercial use"
    case .spadeGenerator, .spadeDiscriminator, .spadeEncoder:
      "weights published with SPADE are under CC BY-NC-SA 4.0, for non-commercial use"
    default: nil
    }
  }

  private typealias Sign = (name: String, source: ModelSource)

  /// Names that only one source has, after the wrappers are taken off.
  private static let signs: [Sign] = [
    ("G_ema.synthesis.b4.const", .styleGAN2ADA), ("Gs.synthesis.4x4/Const/const", .tensorFlow),
    ("encoder.input_layer.0.weight", .pSp), ("g_ema.conv1.conv.weight", .rosinality),
    ("synthesis.b4.const", .semblance), ("segmentation.fc0.weight", .semblance),
    ("segmentation.0.fc0.weight", .semblance), ("identity.input_layer.0.weight", .semblance),
    ("inception.Conv2d_1a_3x3.conv.weight", .semblance),
    ("conv1.conv.modulation.weight", .rosinality), ("layers.6.weight", .editGANClassifier),
    ("FPN_module.conv1.weight", .editGANEncoder), ("lin0.model.1.weight", .lpips),
    ("output_layer.3.weight", .arcFace), ("Conv2d_1a_3x3.conv.weight", .inception),
    ("head_0.norm_0.mlp_shared.0.weight", .spadeGenerator),
    ("discriminator_0.model0.0.weight", .spadeDiscriminator), ("fc_mu.weight", .spadeEncoder),
  ]

  /// The source of a checkpoint, and what its names begin with before they are those of the
  /// source; nil when it is none of these.
  static func detect(_ checkpoint: Checkpoint) -> (source: ModelSource, prefix: String)? {
    for wrapper in ["", "state_dict.", "model_state_dict.", "g_ema.", "params_ema.", "model."] {
      for prefix in [wrapper, wrapper + "module."] {
        for sign in signs where checkpoint.tensors[prefix + sign.name] != nil {
          if sign.source == .pSp {
            return (isE4E(checkpoint) ? .e4e : .pSp, prefix)
          }
          return (sign.source, prefix)
        }
        if let backbone = backbone(checkpoint, prefix) { return (backbone, prefix) }
      }
    }
    return nil
  }

  private static func isE4E(_ checkpoint: Checkpoint) -> Bool {
    if checkpoint.attributes["opts.encoder_type"] == .text("Encoder4Editing") { return true }
    return checkpoint.attributes["opts.stylegan_size"] != nil
  }

  /// Torchvision's networks differ in the shapes of a few layers.
  private static func backbone(_ checkpoint: Checkpoint, _ prefix: String) -> ModelSource? {
    func shape(_ layer: Int) -> [Int]? {
      checkpoint.tensors["\(prefix)features.\(layer).weight"]?.shape
    }
    if shape(0) == [64, 3, 11, 11] { return .alexNet }
    if checkpoint.tensors["\(prefix)features.12.squeeze.weight"] != nil { return .squeezeNet }
    guard shape(0) == [64, 3, 3, 3], shape(28) == [512, 512, 3, 3] else { return nil }
    return shape(34) == nil ? .vgg16 : .vgg19
  }
}
