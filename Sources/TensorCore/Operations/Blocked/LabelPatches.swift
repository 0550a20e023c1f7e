/// The distinct neighbourhoods of a label map, for functions that depend on nothing else: two
/// convolutions with a K x K kernel see (2K - 1) x (2K - 1) labels, and inside a region of one class
/// all pixels see the same.
public struct LabelPatches {
  /// Rows of the map.
  public let height: Int
  /// Columns of the map.
  public let width: Int
  /// Side K of both kernels, odd.
  public let kernel: Int
  /// For each symbol the input channels that are 1 there; all others are 0.
  public let symbols: [[Int]]

  /// For each pixel the number of its K x K neighbourhood.
  let innerIDs: [Int32]
  /// For each place in each K x K neighbourhood, row by row, `place * symbols.count + symbol`; -1
  /// outside of the map.
  let innerTaps: [Int32]
  /// For each pixel the number of its (2K - 1) x (2K - 1) neighbourhood.
  let outerIDs: [Int32]
  /// For each of those the numbers of the K x K neighbourhoods in it, row by row; `innerCount`
  /// stands for outside of the map.
  let outerTaps: [Int32]

  /// How many K x K neighbourhoods differ.
  public var innerCount: Int { innerTaps.count / (kernel * kernel) }
  /// How many (2K - 1) x (2K - 1) neighbourhoods differ.
  public var outerCount: Int { outerTaps.count / (kernel * kernel) }

  /// Numbers the neighbourhoods of a map.
  ///
  /// - Parameters:
  ///   - map: a symbol for each pixel, row by row.
  ///   - symbols: the channels of each symbol.
  public init(map: [Int32], height: Int, width: Int, symbols: [[Int]], kernel: Int) {
    check(
      map.count == height * width && kernel % 2 == 1
        && map.allSatisfy { $0 >= 0 && $0 < symbols.count },
      "label patches: \(map.count) labels of \(symbols.count) for \(height)x\(width), kernel \(kernel)"
    )
    (self.height, self.width, self.kernel, self.symbols) = (height, width, kernel, symbols)
    let radius = kernel / 2
    // Numbers for windows around pixels outside of the map, too: a larger window is put together
    // from the four windows at its corners.
    var grid = NumberedGrid(map, height: height, width: width, margin: 2 * radius)
    for _ in 0..<kernel - 1 { grid.joinNeighbors(across: 1, down: 0) }
    for _ in 0..<kernel - 1 { grid.joinNeighbors(across: 0, down: 1) }
    let inner = grid
    grid.joinNeighbors(across: 2 * radius, down: 0)
    grid.joinNeighbors(across: 0, down: 2 * radius)

    func taps(_ pixels: [Int], _ value: (_ pixel: Int?, _ place: Int) -> Int32) -> [Int32] {
      var taps: [Int32] = []
      taps.reserveCapacity(pixels.count * kernel * kernel)
      for pixel in pixels {
        let (y, x) = pixel.quotientAndRemainder(dividingBy: width)
        var place = 0
        for row in y - radius...y + radius {
          for column in x - radius...x + radius {
            let isInside = row >= 0 && row < height && column >= 0 && column < width
            taps.append(value(isInside ? row * width + column : nil, place))
            place += 1
          }
        }
      }
      return taps
    }
    let (innerIDs, innerFirst) = inner.compact(offset: radius, height: height, width: width)
    let (outerIDs, outerFirst) = grid.compact(offset: 0, height: height, width: width)
    let outside = Int32(innerFirst.count)
    innerTaps = taps(innerFirst) { pixel, place in
      pixel.map { Int32(place * symbols.count) + map[$0] } ?? -1
    }
    outerTaps = taps(outerFirst) { pixel, _ in pixel.map { innerIDs[$0] } ?? outside }
    self.innerIDs = innerIDs
    self.outerIDs = outerIDs
  }
}

/// A number for each window of a map, equal windows alike; windows grow by joining neighbours.
private struct NumberedGrid {
  private var values: [Int32]
  private var height: Int
  private var width: Int

  /// Windows of one pixel, `margin` pixels around the map included (-1).
  init(_ map: [Int32], height: Int, width: Int, margin: Int) {
    self.height = height + 2 * margin
    self.width = width + 2 * margin
    values = [Int32](repeating: -1, count: self.height * self.width)
    for y in 0..<height {
      let start = (y + margin) * self.width + margin
      values.replaceSubrange(start..<start + width, with: map[y * width..<(y + 1) * width])
    }
  }

  /// Joins the window at each place with the one `across` columns and `down` rows further; places
  /// without one are cut off.
  mutating func joinNeighbors(across: Int, down: Int) {
    let (newHeight, newWidth) = (height - down, width - across)
    var numbering = PairNumbering(expecting: newHeight * newWidth)
    var joined = [Int32](repeating: 0, count: newHeight * newWidth)
    let step = down * width + across
    values.withUnsafeBufferPointer { values in
      joined.withUnsafeMutableBufferPointer { joined in
        for y in 0..<newHeight {
          var previous: (Int32, Int32, Int32)?
          for x in 0..<newWidth {
            let index = y * width + x
            let (first, second) = (values[index], values[index + step])
            if let previous, previous.0 == first, previous.1 == second {
              joined[y * newWidth + x] = previous.2
              continue
            }
            let number = numbering.number(first, second)
            previous = (first, second, number)
            joined[y * newWidth + x] = number
          }
        }
      }
    }
    (values, height, width) = (joined, newHeight, newWidth)
  }

  /// Numbers without gaps for the windows of a `height` x `width` map that begins `offset` places
  /// inside, and for each number the first pixel that has it.
  func compact(offset: Int, height: Int, width: Int) -> (ids: [Int32], first: [Int]) {
    var numbers = [Int32](repeating: -1, count: Int((values.max() ?? 0) + 1))
    var ids = [Int32](repeating: 0, count: height * width)
    var first: [Int] = []
    for y in 0..<height {
      for x in 0..<width {
        let value = Int(values[(y + offset) * self.width + x + offset])
        if numbers[value] < 0 {
          numbers[value] = Int32(first.count)
          first.append(y * width + x)
        }
        ids[y * width + x] = numbers[value]
      }
    }
    return (ids, first)
  }
}
