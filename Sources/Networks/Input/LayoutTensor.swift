import Pictures
import TensorCore

extension Tensor {
  /// Label maps of one size as `[N, channels, H, W]`: 1 in the channel of a pixel's class, 0 in all
  /// others. A class beyond the channels is a bug of the caller: palettes are checked when maps are
  /// read.
  public convenience init(layouts maps: [LabelMap], channels: Int) {
    let (width, height) = (maps.first?.width ?? 0, maps.first?.height ?? 0)
    let plane = width * height
    self.init(shape: [maps.count, channels, height, width]) { to in
      to.update(repeating: 0, count: maps.count * channels * plane)
      for (sample, map) in maps.enumerated() {
        check(map.width == width && map.height == height, "layouts: maps of several sizes")
        for (pixel, label) in map.labels.enumerated() {
          check(Int(label) < channels, "layouts: class \(label) of \(channels)")
          to[(sample * channels + Int(label)) * plane + pixel] = 1
        }
      }
    }
  }
}
