@testable import Pictures

/// The path of a file in this target's `Fixtures` folder.
func fixturePath(_ name: String, file: StaticString = #filePath) -> String {
  let here = "\(file)"
  let folder = here.lastIndex(of: "/").map { String(here[..<$0]) } ?? "."
  return folder + "/Fixtures/" + name
}

/// The bytes of a file in this target's `Fixtures` folder.
func fixture(_ name: String) throws -> [UInt8] {
  try readFile(fixturePath(name), maxBytes: 1 << 20)
}

/// Little-endian 32-bit floats of a fixture.
func floatFixture(_ name: String) throws -> [Float] {
  let bytes = try fixture(name)
  return stride(from: 0, to: bytes.count, by: 4).map { i in
    let pattern = bytes[i..<i + 4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    return Float(bitPattern: pattern)
  }
}

/// The largest difference of two byte arrays of the same length; 256 for different lengths.
func largestDifference(_ a: [UInt8], _ b: [UInt8]) -> Int {
  guard a.count == b.count else { return 256 }
  return zip(a, b).map { abs(Int($0) - Int($1)) }.max() ?? 0
}
