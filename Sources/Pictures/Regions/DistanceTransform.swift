extension Region {
  /// Squared Euclidean distance of every pixel's centre to the nearest pixel of the set, 0 inside;
  /// `Int.max` everywhere when the set is empty.
  ///
  /// Exact and linear in the number of pixels: Meijster, Roerdink, Hesselink 2000, "A general
  /// algorithm for computing distance transforms in linear time".
  public func squaredDistances() -> [Int] {
    guard !isEmpty else { return [Int](repeating: .max, count: bits.count) }
    let columnDistances = verticalDistances()
    var distances = [Int](repeating: 0, count: bits.count)
    var centers = [Int](repeating: 0, count: width)
    var begins = [Int](repeating: 0, count: width)
    for y in 0..<height {
      let row = y * width
      func squared(_ x: Int, _ center: Int) -> Int {
        let g = columnDistances[row + center]
        return (x - center) * (x - center) + g * g
      }
      // The lower envelope of the parabolas of all columns, as centres and where each begins.
      var last = 0
      centers[0] = 0
      begins[0] = 0
      for x in 1..<max(width, 1) {
        while last >= 0 && squared(begins[last], centers[last]) > squared(begins[last], x) {
          last -= 1
        }
        if last < 0 {
          last = 0
          centers[0] = x
          begins[0] = 0
          continue
        }
        let old = centers[last]
        let g = columnDistances[row + x]
        let h = columnDistances[row + old]
        let begin = 1 + (x * x - old * old + g * g - h * h) / (2 * (x - old))
        if begin < width {
          last += 1
          centers[last] = x
          begins[last] = begin
        }
      }
      for x in (0..<width).reversed() {
        distances[row + x] = squared(x, centers[last])
        if x == begins[last] { last -= 1 }
      }
    }
    return distances
  }

  /// Distance to the nearest set pixel of the same column; a bound above all of them if there is
  /// none.
  private func verticalDistances() -> [Int] {
    let none = width + height
    var distances = [Int](repeating: none, count: bits.count)
    for x in 0..<width {
      var distance = none
      for y in 0..<height {
        distance = bits[y * width + x] ? 0 : min(distance + 1, none)
        distances[y * width + x] = distance
      }
      distance = none
      for y in (0..<height).reversed() {
        distance = bits[y * width + x] ? 0 : min(distance + 1, none)
        distances[y * width + x] = min(distances[y * width + x], distance)
      }
    }
    return distances
  }
}
