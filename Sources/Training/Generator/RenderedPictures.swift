import Networks
import Pictures
import TensorCore

/// Pictures of a renderer with their masks and factors, in the square of a generator; read when they
/// are needed and kept as bytes while there is room.
public final class RenderedPictures {
  /// Pictures `[N, 3, h, w]` in -1...1 without the bands of the letterbox, and the class of each of
  /// their pixels, row by row.
  public struct Batch {
    /// `[N, 3, h, w]`.
    public let pictures: Tensor
    /// N h w classes.
    public let labels: [UInt8]
  }

  /// The files.
  public let items: [PictureFiles.Item]
  /// The factors, a row for each picture.
  public let factors: FactorTable
  /// The classes of the masks.
  public let palette: Palette
  /// Where pictures stand in the generator's square.
  public let letterbox: Letterbox
  /// The pictures to learn from.
  public let training: [Int]
  /// Every 25th picture, to be judged by.
  public let heldOut: [Int]
  private let rows: [Int]
  private let capacity: Int
  private var kept: [Int: (pixels: [UInt8], labels: [UInt8])] = [:]
  private let warn: (String) -> Void

  /// A set of pictures that have masks.
  ///
  /// - Parameters:
  ///   - letterbox: where pictures stand; nil derives it from the first picture, see
  ///     `letterbox(of:unit:)`.
  ///   - unit: the pixels of the square that become one at the lowest resolution of the training.
  ///   - capacity: the most bytes of pixels that are kept.
  ///   - warn: receives a line about flaws that decoding survives.
  /// - Throws: `TrainingError` when a picture has no mask or no factors.
  public init(
    _ files: PictureFiles, factors: FactorTable, palette: Palette, letterbox: Letterbox? = nil,
    side: Int? = nil, unit: Int, capacity: Int = 640 << 20,
    warn: @escaping (String) -> Void = { _ in }
  ) throws(TrainingError) {
    items = files.items
    let unmasked = items.filter { $0.mask == nil }
    if let first = unmasked.first {
      throw .unpaired(
        file: first.picture.name, wanted: "\(first.name).png", count: unmasked.count)
    }
    self.factors = factors
    self.palette = palette
    self.capacity = capacity
    self.warn = warn
    rows = try Self.rows(of: items, in: factors)
    if let letterbox {
      self.letterbox = letterbox
    } else {
      self.letterbox = try Self.letterbox(of: files, side: side, unit: unit, warn: warn)
    }
    let numbers = items.enumerated().map { $1.number ?? $0 }
    training = items.indices.filter { numbers[$0] % 25 != 24 }
    heldOut = items.indices.filter { numbers[$0] % 25 == 24 }
    guard !training.isEmpty else { throw .tooFewExamples(count: items.count, needed: 2) }
  }

  /// The square of `side` pixels with an area of the first picture's shape, whose edges are
  /// multiples of `unit`; without `side` the smallest power of two that holds the picture.
  public static func letterbox(
    of files: PictureFiles, side: Int? = nil, unit: Int, warn: (String) -> Void = { _ in }
  ) throws(TrainingError) -> Letterbox {
    let source = files.items[0].picture
    let picture: Picture
    do throws(PictureError) {
      picture = try Picture(decoding: try source.bytes(), named: source.name, warn: warn)
    } catch { throw .picture(error) }
    let longest = max(picture.width, picture.height)
    var square = 8
    while square < longest, square < 1024 { square *= 2 }
    let side = side ?? square
    let step = 2 * max(1, min(unit, side / 4))
    func length(_ own: Int) -> Int {
      let scaled = Double(own) * Double(side) / Double(longest)
      return min(side, max(step, Int((scaled / Double(step)).rounded()) * step))
    }
    let (width, height) = (length(picture.width), length(picture.height))
    let valid = PixelRect(
      left: (side - width) / 2, top: (side - height) / 2, width: width, height: height)
    return Letterbox(side: side, valid: valid)
      ?? Letterbox(aspectWidth: 1, aspectHeight: 1, side: side)
  }

  /// The row of the factors for each picture.
  private static func rows(of items: [PictureFiles.Item], in factors: FactorTable)
    throws(TrainingError) -> [Int]
  {
    if let names = factors.pictureNames {
      // 7 and 000007.jpg are the same picture.
      func key(_ name: String) -> String {
        let stem = FolderContents.stem(name)
        return Int(stem).map(String.init) ?? stem
      }
      let places = Dictionary(names.enumerated().map { (key($1), $0) }) { first, _ in first }
      var rows: [Int] = []
      for item in items {
        guard let row = places[key(item.name)] else {
          throw .badFactors(path: factors.path, reason: "it has no row for \(item.picture.name)")
        }
        rows.append(row)
      }
      return rows
    }
    let numbers = items.compactMap(\.number)
    if numbers.count == items.count, let largest = numbers.max(), largest < factors.rows.count {
      return numbers
    }
    guard items.count == factors.rows.count else {
      throw .badFactors(
        path: factors.path,
        reason: "it has \(factors.rows.count) rows for \(items.count) pictures whose names are not "
          + "numbers of rows")
    }
    return Array(items.indices)
  }

  /// The factors of some pictures.
  public func factors(of indices: [Int]) -> [[Float]] { indices.map { factors.rows[rows[$0]] } }

  /// The valid area of a square of `side` pixels.
  public func validArea(side: Int) -> PixelRect {
    let scale = letterbox.side / side
    let valid = letterbox.valid
    return PixelRect(
      left: valid.left / scale, top: valid.top / scale, width: valid.width / scale,
      height: valid.height / scale)
  }

  /// Pictures at a lower resolution (means of squares of pixels) with the class in the middle of
  /// each square.
  ///
  /// - Parameter side: that of the whole square; the letterbox's divided by a power of two.
  /// - Throws: `TrainingError.picture`.
  public func batch(_ indices: [Int], side: Int) throws(TrainingError) -> Batch {
    let scale = letterbox.side / side
    let area = validArea(side: side)
    let width = letterbox.valid.width
    let pixels = area.width * area.height
    var labels: [UInt8] = []
    labels.reserveCapacity(indices.count * pixels)
    let storage = Storage(count: indices.count * 3 * pixels)
    let factor = 1 / (127.5 * Float(scale * scale))
    for (place, index) in indices.enumerated() {
      let item = try decoded(index)
      let target = storage.base + place * 3 * pixels
      item.pixels.withUnsafeBufferPointer { source in
        for row in 0..<area.height {
          for column in 0..<area.width {
            var sums = (0, 0, 0)
            for y in row * scale..<(row + 1) * scale {
              for x in column * scale..<(column + 1) * scale {
                let pixel = (y * width + x) * 3
                sums.0 += Int(source[pixel])
                sums.1 += Int(source[pixel + 1])
                sums.2 += Int(source[pixel + 2])
              }
            }
            let position = row * area.width + column
            target[position] = Float(sums.0) * factor - 1
            target[pixels + position] = Float(sums.1) * factor - 1
            target[2 * pixels + position] = Float(sums.2) * factor - 1
          }
        }
      }
      for row in 0..<area.height {
        let start = (row * scale + scale / 2) * width + scale / 2
        for column in 0..<area.width { labels.append(item.labels[start + column * scale]) }
      }
    }
    return Batch(
      pictures: Tensor(shape: [indices.count, 3, area.height, area.width], storage: storage),
      labels: labels)
  }

  /// The classes of a picture at the full resolution, without bands.
  public func labels(_ index: Int) throws(TrainingError) -> LabelMap {
    let valid = letterbox.valid
    return LabelMap(width: valid.width, height: valid.height, labels: try decoded(index).labels)
  }

  private func decoded(_ index: Int) throws(TrainingError) -> (pixels: [UInt8], labels: [UInt8]) {
    if let item = kept[index] { return item }
    let item = items[index]
    guard let mask = item.mask else {
      throw .unpaired(file: item.picture.name, wanted: "\(item.name).png", count: 1)
    }
    do throws(PictureError) {
      let picture = try Picture(
        decoding: try item.picture.bytes(), named: item.picture.name, warn: warn)
      let map = try LabelMap(decoding: try mask.bytes(), named: mask.name, palette: palette)
      try map.requireSize(width: picture.width, height: picture.height, named: mask.name)
      let visible = letterbox.visibleRect(of: picture)
      let valid = letterbox.valid
      let pixels = picture.cropped(to: visible)
        .resized(width: valid.width, height: valid.height, by: .area).pixels
      let labels = map.cropped(to: visible).resized(width: valid.width, height: valid.height).labels
      if (kept.count + 1) * 4 * labels.count <= capacity { kept[index] = (pixels, labels) }
      return (pixels, labels)
    } catch { throw .picture(error) }
  }

  /// Factors of the classes that favour small ones: the root of the inverse frequency, limited, with
  /// a mean of 1 over all pixels.
  ///
  /// - Throws: `TrainingError.picture`.
  public func classWeights() throws(TrainingError) -> [Float] {
    var counts = [Double](repeating: 1, count: palette.count)
    for place in stride(from: 0, to: training.count, by: 7) {
      for label in try decoded(training[place]).labels { counts[Int(label)] += 1 }
    }
    let total = counts.reduce(0, +)
    let shares = counts.map { $0 / total }
    let raw = shares.map { min(max((1 / (Double(counts.count) * $0)).squareRoot(), 0.6), 4) }
    let mean = zip(raw, shares).reduce(0) { $0 + $1.0 * $1.1 }
    return raw.map { Float($0 / mean) }
  }

  /// Mean colours and shares of the classes in the cells of a small square, `[N, T]`.
  ///
  /// - Parameter side: cells along the whole square; the letterbox's divided by a power of two.
  /// - Throws: `TrainingError.picture`.
  func summaries(of indices: [Int], side: Int) throws(TrainingError) -> Tensor {
    let scale = letterbox.side / side
    let area = validArea(side: side)
    let (width, cells) = (letterbox.valid.width, area.width * area.height)
    let length = cells * (3 + palette.count)
    let result = Tensor.zeros([indices.count, length])
    let share = 1 / Float(scale * scale)
    for (place, index) in indices.enumerated() {
      let item = try decoded(index)
      let target = result.pointer + place * length
      for y in 0..<area.height * scale {
        for x in 0..<area.width * scale {
          let (cell, pixel) = (y / scale * area.width + x / scale, y * width + x)
          for channel in 0..<3 {
            target[channel * cells + cell] +=
              (Float(item.pixels[3 * pixel + channel]) / 127.5 - 1) * share
          }
          target[(3 + Int(item.labels[pixel])) * cells + cell] += share
        }
      }
    }
    return result
  }
}
