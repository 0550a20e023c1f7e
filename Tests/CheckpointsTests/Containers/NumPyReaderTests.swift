import Testing

@testable import Checkpoints

@Suite("Reading NumPy files")
struct NumPyReaderTests {
  private let values = (0..<24).map { Float($0) / 8 - 1 }

  @Test(
    "An array of any version, byte order and element order has its elements in order",
    arguments: [
      "version1", "version2", "version3", "big_endian", "fortran", "fortran_big_endian", "float16",
    ])
  func arrays(name: String) throws {
    let file = try Checkpoint(fixture: "numpy/\(name).npy")
    #expect(file.format == .npy)
    #expect(try file.tensor("array").shape == [2, 3, 4])
    #expect(try file.tensor("array").floats() == values)
  }

  @Test("Scalars, empty arrays and integers are read")
  func otherShapes() throws {
    #expect(try Checkpoint(fixture: "numpy/scalar.npy").tensor("array").floats() == [2.5])
    #expect(try Checkpoint(fixture: "numpy/empty.npy").tensor("array").shape == [0, 3])
    let integers = try Checkpoint(fixture: "numpy/int64.npy").tensor("array")
    #expect(integers.elementType == .i64)
    #expect(try integers.floats() == [-5, 7])
  }

  @Test("Archives are read, stored or deflated", arguments: ["stored", "deflated"])
  func archives(name: String) throws {
    let file = try Checkpoint(fixture: "numpy/\(name).npz")
    #expect(file.format == .npz)
    #expect(file.tensors.count == 2)
    #expect(try file.tensor("w").floats() == values)
    #expect(try file.tensor("mu").floats() == [0, 1, 2])
  }

  @Test(
    "A dictionary with arrays is read from an array of objects and from pickles",
    arguments: [
      "dictionary.npy", "dictionary_p2.pkl", "dictionary_p3.pkl", "dictionary_p4.pkl",
      "dictionary_p5.pkl",
    ])
  func dictionaries(name: String) throws {
    let file = try Checkpoint(fixture: "numpy/\(name)")
    let prefix = name.hasSuffix("npy") ? "0." : ""
    #expect(try file.tensor("\(prefix)edit_vector").floats() == Array(values.prefix(12)))
    #expect(file.attributes["\(prefix)roi_ids.0"] == .integer(3))
    #expect(file.attributes["\(prefix)roi_ids.1"] == .integer(5))
    guard prefix.isEmpty else { return }
    #expect(try file.tensor("fortran").floats() == values)
    #expect(try file.tensor("big").floats() == values)
    #expect(file.attributes["scalar"] == .double(0.25))
    #expect(file.attributes["count"] == .integer(-7))
    #expect(file.attributes["flag"] == .bool(true))
  }

  private func problem(header: String, version: UInt8 = 1, data: Int = 0) -> String? {
    let bytes =
      NumPyReader.magic + [version, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
      + [UInt8](repeating: 0, count: data)
    do throws(CheckpointError) {
      _ = try Checkpoint(bytes: ByteRegion(copying: bytes), path: "f")
      return nil
    } catch { return String(error.text.dropFirst("cannot import f: ".count)) }
  }

  @Test(
    "A broken header is refused with the reason",
    arguments: [
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", nil),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (2L,)}", nil),
      ("{'shape': (2,), 'fortran_order': False, 'descr': '<f4'}\n", nil),
      (
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }",
        "the array's shape [3] needs 12 bytes, the file has 8 for it"
      ),
      (
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,), }",
        "its NumPy header is broken at byte 51"
      ),
      (
        "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 9), }",
        "the array's shape [9223372036854775807, 9] has more elements than fit into memory"
      ),
      ("{'descr': '<f4', 'fortran_order': False}", "its NumPy header is broken at byte 40"),
      ("{'descr': '<f4', 'descr': '<f4'}", "its NumPy header is broken at byte 24"),
      ("{'descr': '<f4', 'eval': 1}", "its NumPy header is broken at byte 24"),
      ("", "its NumPy header is broken at byte 0"),
    ])
  func headers(header: String, reason: String?) {
    #expect(problem(header: header, data: 8) == reason)
  }

  @Test("Elements that are no numbers and unknown versions are refused")
  func refuses() {
    func reason(_ name: String) -> String? {
      text { () throws(CheckpointError) in
        _ = try Checkpoint(contentsOf: Fixture.path("numpy/\(name)"))
      }
    }
    #expect(reason("text.npy")?.hasSuffix("NumPy elements of type '<U1' are no numbers") == true)
    #expect(
      reason("structure.npy")?.hasSuffix("NumPy elements of type 'structure' are no numbers")
        == true)
    #expect(problem(header: "", version: 4) == "NumPy format version 4 is not known")
  }
}
