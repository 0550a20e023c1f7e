@testable import Pictures

/// A small counter-based generator (SplitMix64), the same numbers on every run.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

/// A picture of independent random bytes.
func noise(width: Int, height: Int, seed: UInt64) -> Picture {
  var generator = SeededGenerator(seed: seed)
  let pixels = (0..<width * height * 3).map { _ in UInt8.random(in: 0...255, using: &generator) }
  return Picture(width: width, height: height, pixels: pixels)
}

/// Mean over all components, in 8-bit levels.
func meanAbsoluteDifference(_ a: Picture, _ b: Picture) -> Double {
  let sum = zip(a.pixels, b.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
  return Double(sum) / Double(a.pixels.count)
}

/// A palette of four classes that are easy to tell apart.
func fourClasses() throws -> Palette {
  try Palette([
    Palette.Entry(name: "background", color: .black),
    Palette.Entry(name: "skin", color: RGBColor(255, 205, 170)),
    Palette.Entry(name: "nose", color: RGBColor(235, 150, 110)),
    Palette.Entry(name: "upper_lip", color: RGBColor(220, 40, 60)),
  ])
}
