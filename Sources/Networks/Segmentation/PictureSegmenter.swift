import Checkpoints
import Pictures
import TensorCore

/// A network that reads label maps off pictures of a domain, with its classes: a judge of drawn
/// pictures that no generator has anything to do with. Weights are frozen.
public final class PictureSegmenter {
  /// Where the model was read.
  public let path: String
  /// The network.
  public let network: UNet
  /// Names and colours of the classes.
  public let palette: Palette
  /// Width that pictures are brought to.
  public let width: Int

  /// Reads a segmenter's file.
  ///
  /// - Throws: `ModelError` that names the first missing, surplus, misshaped or not finite tensor.
  public convenience init(contentsOf path: String) throws(ModelError) {
    let file: SafetensorsFile
    do throws(CheckpointError) { file = try SafetensorsFile(contentsOf: path) } catch {
      throw .checkpoint(error)
    }
    try self.init(file)
  }

  /// Makes a segmenter of an open file; its metadata name the classes, and `picture_width`.
  ///
  /// - Throws: `ModelError` that names the first missing, surplus, misshaped or not finite tensor.
  public init(_ file: SafetensorsFile) throws(ModelError) {
    path = file.path
    network = try UNet(WeightTable(file))
    palette = try ModelDescription(file).palette(
      classCount: network.classCount, path: file.path)
    let text = file.metadata["picture_width"] ?? "128"
    guard let width = Int(text), (network.multiple...4096).contains(width),
      width % network.multiple == 0
    else {
      throw .invalidMetadata(
        path: file.path, key: "picture_width",
        reason: "it is '\(text)', no multiple of \(network.multiple) up to 4096")
    }
    self.width = width
  }

  /// What the segmenter finds in one picture.
  public struct Reading {
    /// The most probable class of every pixel, at the segmenter's size.
    public let labels: LabelMap
    /// What the picture shows, without where: `[1, C]`.
    public let features: Tensor
  }

  /// The height that a picture of an aspect is brought to.
  public func height(forWidth pictureWidth: Int, height: Int) -> Int {
    let exact = Double(width) * Double(height) / Double(pictureWidth)
    let multiple = network.multiple
    return max(multiple, Int((exact / Double(multiple)).rounded()) * multiple)
  }

  /// Reads a picture of any size.
  public func callAsFunction(_ picture: Picture) -> Reading {
    let height = height(forWidth: picture.width, height: picture.height)
    let sized = picture.resized(width: width, height: height, by: .bicubic)
    let output = withoutRecording { network(Tensor(sized)) }
    let pixels = width * height
    let scores = output.scores.pointer
    var labels = [UInt8](repeating: 0, count: pixels)
    var best = Array(UnsafeBufferPointer(start: scores, count: pixels))
    for label in 1..<max(network.classCount, 1) {
      for pixel in 0..<pixels where scores[label * pixels + pixel] > best[pixel] {
        best[pixel] = scores[label * pixels + pixel]
        labels[pixel] = UInt8(truncatingIfNeeded: label)
      }
    }
    return Reading(
      labels: LabelMap(width: width, height: height, labels: labels), features: output.features)
  }
}
