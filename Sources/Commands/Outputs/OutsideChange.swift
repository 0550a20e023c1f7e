import Networks
import Pictures

extension JointModel {
  /// Mean absolute difference of two pictures outside a region, in 0...255.
  ///
  /// - Parameters:
  ///   - region: in the model's square.
  ///   - before: a picture without the bands of the letterbox, like `after`.
  func outsideChange(from before: Picture, to after: Picture, region: Region) -> Double {
    let valid = letterbox.valid
    var (sum, count) = (0, 0)
    for y in 0..<valid.height {
      for x in 0..<valid.width where !region[x + valid.left, y + valid.top] {
        let (a, b) = (before[x, y], after[x, y])
        sum += abs(Int(a.red) - Int(b.red)) + abs(Int(a.green) - Int(b.green))
        sum += abs(Int(a.blue) - Int(b.blue))
        count += 3
      }
    }
    return count == 0 ? 0 : Double(sum) / Double(count)
  }
}
