import Networks
import Pictures
import TensorCore

/// A second point at which a mask edit may begin: a layout model draws the mask before and after
/// painting in the style of the picture, and the step between the encoder's codes of both drawings
/// leads there.
public struct LayoutStart {
  /// The model whose codes are edited.
  public let model: JointModel
  /// What draws the masks.
  public let synthesizer: LayoutSynthesizer
  private let encoder: any LatentEncoder

  /// A start for the codes of `model`, with a layout model of the same classes.
  ///
  /// - Throws: `EditingError.modelLacks` without encoder, `.layoutModelOfOtherClasses`.
  public init(model: JointModel, synthesizer: LayoutSynthesizer) throws(EditingError) {
    guard let encoder = model.encoder else { throw .modelLacks(model.path, part: "encoder") }
    guard synthesizer.classes.palette.names == model.palette.names else {
      throw .layoutModelOfOtherClasses(layoutModel: synthesizer.path, model: model.path)
    }
    self.model = model
    self.synthesizer = synthesizer
    self.encoder = encoder
  }

  /// The point for a repainted mask.
  ///
  /// - Parameters:
  ///   - start: the code of the picture.
  ///   - picture: the generator's picture of `start`, without the bands of the letterbox.
  ///   - before: the mask before painting, in the model's square.
  ///   - painted: the painted mask, in the model's square.
  public func point(
    from start: WPlus, picture: Picture, before: LabelMap, painted: LabelMap
  ) -> WPlus {
    let style = synthesizer.style(of: picture)
    func code(_ mask: LabelMap) -> WPlus { self.code(of: drawing(of: mask, style: style)) }
    return start + (code(painted) - code(before))
  }

  /// What the layout model makes of a mask in the model's square.
  func drawing(of mask: LabelMap, style: Tensor?) -> Picture {
    synthesizer.picture(of: layout(mask), style: style)
  }

  /// The encoder's code of a drawing.
  func code(of drawing: Picture) -> WPlus {
    withoutRecording { WPlus(encoder(Tensor(model.letterbox.framed(whole: drawing)))) }
  }

  /// The mask without bands, in the size of the layout model.
  private func layout(_ mask: LabelMap) -> LayoutNeighborhoods {
    let classes = synthesizer.classes
    let labels = model.letterbox.unframed(mask)
      .resized(width: synthesizer.width, height: synthesizer.height)
    let objects = InstanceMap(
      width: labels.width, height: labels.height, ids: labels.labels.map(UInt32.init))
    return LayoutNeighborhoods(
      SemanticLayout(
        labels: labels, edges: classes.hasEdges ? objects.edges : nil,
        classCount: classes.palette.count))
  }
}
