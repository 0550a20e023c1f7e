import Layers
import Networks
import Pictures
import TensorCore

/// Repairs what a stored vector does to a picture that it was not learned on (EditGAN section 4,
/// editgan spec section 6): the mask of the moved code is the target, the picture before the move
/// the reference, and a few steps remove the changes outside the region while the picture inside
/// stays what the vector made of it.
public struct Refiner {
  /// The model.
  public let model: JointModel
  /// How the steps are made; their number is an argument of the call.
  public var options: MaskEditOptions
  /// Pixels by which the region is enlarged.
  public var dilation: Int

  /// A refiner for a model with a segmentation branch.
  public init(
    model: JointModel, options: MaskEditOptions = .init(schedule: .init(peak: 0.02)),
    dilation: Int = 3
  ) {
    self.model = model
    self.options = options
    self.dilation = dilation
  }

  /// The region that a vector of these classes touches between two codes: the pixels of the classes
  /// in either mask, dilated; and the mask of the second code.
  public func edit(classes: [UInt8], from start: WPlus, to moved: WPlus)
    throws(EditingError) -> MaskEdit
  {
    guard let branch = model.branch else {
      throw .modelLacks(model.path, part: "segmentation branch")
    }
    let side = model.resolution
    let masks = [start, moved].map { code in
      withoutRecording {
        LabelMap(
          width: side, height: side,
          labels: branch.labels(model.synthesize(code.tensor).features))
      }
    }
    let region = masks[0].region(of: Set(classes)).union(masks[1].region(of: Set(classes)))
    return MaskEdit(target: masks[1], region: region.dilated(by: dilation), classes: classes)
  }

  /// Optimises `steps` steps from `moved`.
  ///
  /// - Throws: `EditingError` when the model has no segmentation branch or the loss diverges.
  public func callAsFunction(
    from start: WPlus, moved: WPlus, classes: [UInt8], steps: Int,
    observer: OptimizationObserver? = nil
  ) throws(EditingError) -> EditOutcome {
    var editor = MaskEditor(model: model, options: options)
    editor.options.steps = steps
    // The vector is a part of the edit: what it does inside the region is kept, and only the way
    // from the moved code is kept short.
    editor.options.priorWeight = 0
    editor.options.insideWeight = 1
    let edit = try edit(classes: classes, from: start, to: moved)
    return try editor(edit, from: start, initial: moved, observer: observer)
  }
}
