import TensorCore

/// A block of Inception v3: branches of convolutions and one of pooling, joined along the channels.
struct InceptionBlock {
  /// What a branch does.
  enum Branch {
    /// Convolutions one after the other; the last one has the block's stride.
    case units([String])
    /// Convolutions, then two more side by side on their result.
    case fork([String], String, String)
    /// Means of 3x3 pixels (those outside do not count), then a convolution.
    case mean(String)
    /// Largest of 3x3 pixels, then a convolution.
    case maximum(String)
    /// Largest of 3x3 pixels, every second of them.
    case halving
  }

  /// The branches of one block.
  struct Layout {
    let name: String
    let branches: [Branch]
    /// 2 for blocks that halve the map.
    var stride = 1

    static let all: [Layout] =
      ["5b", "5c", "5d"].map { Layout(name: "Mixed_\($0)", branches: small) }
      + [
        Layout(
          name: "Mixed_6a",
          branches: [.units(["branch3x3"]), .units(chain("branch3x3dbl", 3)), .halving], stride: 2)
      ] + ["6b", "6c", "6d", "6e"].map { Layout(name: "Mixed_\($0)", branches: long) }
      + [
        Layout(
          name: "Mixed_7a",
          branches: [.units(chain("branch3x3", 2)), .units(chain("branch7x7x3", 4)), .halving],
          stride: 2),
        Layout(name: "Mixed_7b", branches: wide + [.mean("branch_pool")]),
        Layout(name: "Mixed_7c", branches: wide + [.maximum("branch_pool")]),
      ]

    private static func chain(_ name: String, _ count: Int) -> [String] {
      (1...count).map { "\(name)_\($0)" }
    }
    private static let small: [Branch] = [
      .units(["branch1x1"]), .units(chain("branch5x5", 2)), .units(chain("branch3x3dbl", 3)),
      .mean("branch_pool"),
    ]
    private static let long: [Branch] = [
      .units(["branch1x1"]), .units(chain("branch7x7", 3)), .units(chain("branch7x7dbl", 5)),
      .mean("branch_pool"),
    ]
    private static let wide: [Branch] = [
      .units(["branch1x1"]), .fork(["branch3x3_1"], "branch3x3_2a", "branch3x3_2b"),
      .fork(chain("branch3x3dbl", 2), "branch3x3dbl_3a", "branch3x3dbl_3b"),
    ]
  }

  private enum Step {
    case units([InceptionUnit])
    case fork([InceptionUnit], InceptionUnit, InceptionUnit)
    case mean(InceptionUnit)
    case maximum(InceptionUnit)
    case halving
  }

  private let steps: [Step]
  /// Channels of the result.
  let outputs: Int

  /// Reads the block's convolutions, whose input has `inputs` channels.
  init(_ layout: Layout, _ weights: WeightTable, from inputs: Int) throws(ModelError) {
    func unit(_ name: String, from inputs: Int, isLast: Bool = false) throws(ModelError)
      -> InceptionUnit
    {
      let halves = isLast && layout.stride == 2
      return try InceptionUnit(
        weights, "\(layout.name).\(name)", from: inputs, stride: halves ? 2 : 1,
        padding: halves ? 0 : nil)
    }
    func units(_ names: [String], endsBranch: Bool) throws(ModelError) -> [InceptionUnit] {
      var result: [InceptionUnit] = []
      for (index, name) in names.enumerated() {
        result.append(
          try unit(
            name, from: result.last?.outputs ?? inputs,
            isLast: endsBranch && index == names.count - 1))
      }
      return result
    }
    var steps: [Step] = []
    var outputs = 0
    for branch in layout.branches {
      switch branch {
      case .units(let names):
        let chain = try units(names, endsBranch: true)
        outputs += chain[chain.count - 1].outputs
        steps.append(.units(chain))
      case .fork(let names, let left, let right):
        let chain = try units(names, endsBranch: false)
        let middle = chain[chain.count - 1].outputs
        let sides = (try unit(left, from: middle), try unit(right, from: middle))
        outputs += sides.0.outputs + sides.1.outputs
        steps.append(.fork(chain, sides.0, sides.1))
      case .mean(let name):
        let last = try unit(name, from: inputs)
        outputs += last.outputs
        steps.append(.mean(last))
      case .maximum(let name):
        let last = try unit(name, from: inputs)
        outputs += last.outputs
        steps.append(.maximum(last))
      case .halving:
        outputs += inputs
        steps.append(.halving)
      }
    }
    self.steps = steps
    self.outputs = outputs
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    var parts: [Tensor] = []
    for step in steps {
      switch step {
      case .units(let units): parts.append(units.reduce(x) { $1($0) })
      case .fork(let units, let left, let right):
        let middle = units.reduce(x) { $1($0) }
        parts += [left(middle), right(middle)]
      case .mean(let unit): parts.append(unit(Self.neighbourMeans(x)))
      case .maximum(let unit):
        // Features are never below the zeros of the padding.
        let padded = x.padded(before: 1, after: 1, axis: 2).padded(before: 1, after: 1, axis: 3)
        parts.append(unit(padded.maxPooled(kernel: 3, stride: 1)))
      case .halving: parts.append(x.maxPooled(kernel: 3, stride: 2))
      }
    }
    return .concatenated(parts, axis: 1)
  }

  /// Means over each pixel and its neighbours inside the picture.
  private static func neighbourMeans(_ x: Tensor) -> Tensor {
    func map(_ length: Int) -> AxisMap {
      AxisMap(
        inputCount: length,
        rows: (0..<length).map { index in
          let window = max(0, index - 1)..<min(length, index + 2)
          return window.map { ($0, 1 / Double(window.count)) }
        })
    }
    return x.resampled(by: PlaneMap(rows: map(x.shape[2]), columns: map(x.shape[3])))
  }
}
