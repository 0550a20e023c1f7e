import Checkpoints
import Networks

/// Points in W+ that another program stored as one array: EditGAN's `latents_image_{n}.npy`
/// `[rows, w]`, `[1, rows, w]`, or a stack of many, `[n, rows, w]`.
public struct ForeignCodes {
  /// Where they were read.
  public let path: String
  /// The points in the order of the file.
  public let codes: [WPlus]

  /// Reads a NumPy array, a pickle or a PyTorch file with one array; nothing in it is executed.
  ///
  /// - Throws: `EditingError.checkpoint`, or `.unusableCodes` when the array is not one of codes of
  ///   the model's size.
  public init(contentsOf path: String, for model: JointModel) throws(EditingError) {
    let (rows, width) = (model.rowCount, model.latentWidth)
    let tensors: [String: CheckpointTensor]
    do throws(CheckpointError) { tensors = try Checkpoint(contentsOf: path).tensors } catch {
      throw .checkpoint(error)
    }
    guard tensors.count == 1, let tensor = tensors.values.first else {
      throw .unusableCodes(path: path, reason: "it holds \(tensors.count) arrays, one is needed")
    }
    let shape = tensor.shape
    guard (2...3).contains(shape.count), shape.suffix(2) == [rows, width], tensor.elementCount > 0
    else {
      throw .unusableCodes(
        path: path,
        reason:
          "its array has shape \(shape), codes for \(model.domain) have [\(rows), \(width)] or "
          + "[n, \(rows), \(width)]")
    }
    let values: [Float]
    do throws(CheckpointError) { values = try tensor.floats() } catch { throw .checkpoint(error) }
    if let index = values.firstIndex(where: { !$0.isFinite }) {
      throw .unusableCodes(path: path, reason: "number \(index) is not finite")
    }
    let count = rows * width
    self.path = path
    codes = stride(from: 0, to: values.count, by: count).map {
      WPlus(rowCount: rows, width: width, values: Array(values[$0..<$0 + count]))
    }
  }
}
