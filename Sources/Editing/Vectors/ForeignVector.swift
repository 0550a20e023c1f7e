import Checkpoints
import Networks

/// A direction in latent space that another program stored.
///
/// Read are NumPy arrays, pickles and PyTorch files with
/// - a difference in W+, `[rows, w]` or `[1, rows, w]` (EditGAN's vectors), also under
///   `edit_vector` beside `roi_ids`, the numbers of the classes that it changes (EditGAN's editor);
/// - a direction in W, `[w]` or `[1, w]` (boundaries of InterFaceGAN), used for every row;
/// - principal components `comp` `[n, 1, w]` with deviations `std` `[n]` (GANSpace), of which one is
///   chosen and multiplied by its deviation.
///
/// Nothing in a file is executed.
public struct ForeignVector {
  /// Where it was read.
  public let path: String
  /// Length of a row of W+.
  public let width: Int
  /// One row for all layers, or one for each.
  public let rows: [[Float]]
  /// Numbers of the classes that it changes, when the file tells.
  public let classes: [Int]
  /// What the file holds, in a few words.
  public let kind: String

  /// Reads a file.
  ///
  /// - Parameter component: which principal component is meant, from 0.
  /// - Throws: `EditingError.checkpoint` or `.unusableVector`.
  public init(contentsOf path: String, component: Int? = nil) throws(EditingError) {
    let checkpoint: Checkpoint
    do throws(CheckpointError) { checkpoint = try Checkpoint(contentsOf: path) } catch {
      throw .checkpoint(error)
    }
    try self.init(checkpoint, component: component)
  }

  private struct Unusable: Error { let reason: String }

  private init(_ checkpoint: Checkpoint, component: Int?) throws(EditingError) {
    path = checkpoint.path
    let (tensor, kind): (CheckpointTensor, String)
    do {
      (tensor, kind) = try Self.choose(checkpoint, component: component)
      rows = try Self.rows(of: tensor)
    } catch let error as CheckpointError { throw .checkpoint(error) } catch {
      throw .unusableVector(
        path: checkpoint.path, reason: (error as? Unusable)?.reason ?? "\(error)")
    }
    self.kind = kind
    width = rows[0].count
    var classes: [Int] = []
    while case .integer(let id)? = checkpoint.attributes["roi_ids.\(classes.count)"] {
      classes.append(id)
    }
    if classes.isEmpty, let ids = checkpoint.tensors["roi_ids"], ids.elementCount <= 256 {
      classes = ((try? ids.floats()) ?? []).map { Int($0) }
    }
    self.classes = classes
  }

  /// The tensor that holds the direction.
  private static func choose(_ checkpoint: Checkpoint, component: Int?) throws -> (
    CheckpointTensor, String
  ) {
    let tensors = checkpoint.tensors
    if let components = tensors["comp"], let deviations = tensors["std"] {
      guard let component else {
        throw Unusable(
          reason: "it holds \(components.shape.first ?? 0) principal components; choose one with "
            + "--component")
      }
      guard components.shape.count >= 2, components.elementCount <= limit,
        components.shape.first == deviations.elementCount,
        component >= 0, component < deviations.elementCount
      else {
        throw Unusable(
          reason: "there is no component \(component): 'comp' has shape \(components.shape), 'std' "
            + "\(deviations.shape)")
      }
      let width = components.elementCount / deviations.elementCount
      let deviation = try deviations.floats()[component]
      let values = try components.floats()[component * width..<(component + 1) * width]
      return (
        CheckpointTensor(floats: values.map { $0 * deviation }, shape: [width]),
        "principal component \(component)"
      )
    }
    if component != nil {
      throw Unusable(reason: "it holds no principal components; leave --component out")
    }
    if let vector = tensors["edit_vector"] { return (vector, "an edit of EditGAN") }
    let candidates = tensors.filter { $0.value.shape.count >= 1 && $0.key != "roi_ids" }
    guard candidates.count == 1, let only = candidates.first else {
      let names = tensors.keys.sorted().prefix(3).map { "'\($0.printable)'" }
      throw Unusable(
        reason: tensors.isEmpty
          ? "it holds no array"
          : "it holds \(tensors.count) arrays (\(names.joined(separator: ", "))), one is needed")
    }
    return (
      only.value,
      only.value.shape.dropLast().allSatisfy { $0 == 1 } ? "a direction in W" : "a difference in W+"
    )
  }

  /// No model has more rows or longer ones.
  private static let limit = 1 << 20

  private static func rows(of tensor: CheckpointTensor) throws -> [[Float]] {
    var shape = tensor.shape
    while shape.count > 2, shape[0] == 1 { shape.removeFirst() }
    // e4e and GANSpace keep an axis of length one between rows and width.
    if shape.count == 3, shape[1] == 1 { shape.remove(at: 1) }
    guard (1...2).contains(shape.count), tensor.elementCount > 0, tensor.elementCount <= limit,
      let width = shape.last
    else {
      throw Unusable(
        reason: "its array has shape \(tensor.shape); a direction has shape [w], [1, w], [rows, w] "
          + "or [1, rows, w]")
    }
    let values = try tensor.floats()
    if let index = values.firstIndex(where: { !$0.isFinite }) {
      throw Unusable(reason: "number \(index) is not finite")
    }
    return stride(from: 0, to: values.count, by: width).map { Array(values[$0..<$0 + width]) }
  }

  /// The vector for a model.
  ///
  /// - Parameters:
  ///   - name: name of the edit.
  ///   - layers: rows that are moved; nil for all.
  ///   - scale: factor of all numbers.
  ///   - classes: names of the classes that it changes; nil for those that the file tells.
  /// - Throws: `EditingError.vectorOfOtherSize`, `.unusableVector`, `.unknownClass`.
  public func editVector(
    for model: JointModel, name: String, layers: Range<Int>? = nil, scale: Float = 1,
    classes names: [String]? = nil
  ) throws(EditingError) -> EditVector {
    let count = model.rowCount
    guard width == model.latentWidth, rows.count == 1 || rows.count == count else {
      throw .vectorOfOtherSize(
        name, expected: [count, model.latentWidth], actual: [rows.count, width])
    }
    let layers = layers ?? 0..<count
    guard layers.lowerBound >= 0, layers.upperBound <= count, !layers.isEmpty else {
      throw .unusableVector(
        path: path,
        reason: "rows \(layers.lowerBound)-\(layers.upperBound - 1) are wanted, the model has rows "
          + "0-\(count - 1)")
    }
    guard scale.isFinite else { throw .invalidStrength(scale) }
    let all = (0..<count).flatMap { rows[rows.count == 1 ? 0 : $0] }
    let delta = WPlus(rowCount: count, width: width, values: all) * scale
    var classNames = names ?? []
    if let names {
      _ = try model.classIDs(names)
    } else {
      for id in classes {
        guard model.branch != nil, model.palette.entries.indices.contains(id) else {
          throw .unusableVector(
            path: path, reason: "it names class \(id), which the model does not have")
        }
        classNames.append(model.palette.entries[id].name)
      }
    }
    let file = path.split(separator: "/").last.map(String.init) ?? path
    return EditVector(
      delta: delta.restricted(toRows: layers),
      record: EditVector.Record(
        name: name, model: model.fingerprint, domain: model.domain, classes: classNames,
        layers: [layers.lowerBound, layers.upperBound],
        origin: "imported from \(file), \(kind)" + (scale == 1 ? "" : ", times \(scale)")))
  }
}
