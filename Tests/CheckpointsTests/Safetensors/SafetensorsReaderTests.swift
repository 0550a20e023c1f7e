import Testing

@testable import Checkpoints

@Suite("Reading safetensors")
struct SafetensorsReaderTests {
  @Test(
    "A broken file is refused with the reason",
    arguments: [
      (
        "bad_data_too_short",
        "tensor 'a' ends at byte 16, the data at 12; the file may be cut off"
      ),
      (
        "bad_header_longer_than_file",
        "its header claims 1000000 bytes, only 78 follow; the file may be cut off"
      ),
      (
        "bad_header_over_100MB",
        "its header claims 100000001 bytes, more than the allowed 100000000"
      ),
      (
        "bad_header_u64_max",
        "its header claims 18446744073709551615 bytes, more than the allowed 100000000"
      ),
      (
        "bad_hole_at_start",
        "tensor 'a' spans bytes 8 to 16, it should begin at 0: tensors must follow each other "
          + "without holes or overlap"
      ),
      (
        "bad_hole_between",
        "tensor 'b' spans bytes 12 to 16, it should begin at 8: tensors must follow each other "
          + "without holes or overlap"
      ),
      ("bad_invalid_utf8", "its header is not valid UTF-8"),
      ("bad_leading_space", "its header begins with byte 32 instead of '{'"),
      ("bad_metadata_nonstring", "metadata 'n' is not a string"),
      (
        "bad_negative_dim",
        "its header should have an unsigned integer at byte 33 (tensor 'a')"
      ),
      ("bad_not_json", "its header begins with byte 91 instead of '{'"),
      (
        "bad_overlap",
        "tensor 'b' spans bytes 4 to 16, it should begin at 8: tensors must follow each other "
          + "without holes or overlap"
      ),
      (
        "bad_reversed_offsets",
        "tensor 'a' spans bytes 16 to 0, it should begin at 0: tensors must follow each other "
          + "without holes or overlap"
      ),
      (
        "bad_same_range_twice",
        "tensor 'b' spans bytes 0 to 16, it should begin at 16: tensors must follow each other "
          + "without holes or overlap"
      ),
      (
        "bad_shape_overflow",
        "its header should have an integer below 2^63 at byte 51 (tensor 'a')"
      ),
      ("bad_size_mismatch", "tensor 'a': shape [3] needs 12 bytes, the file has 16 for it"),
      ("bad_trailing_bytes", "8 bytes at its end belong to no tensor"),
      ("bad_truncated_len", "it has 3 bytes, fewer than the 8 of the header length"),
      ("bad_unknown_dtype", "tensor 'a' has the unknown element type 'F33'"),
      ("dup_keys", "key 'a' occurs twice in its header"),
      ("f4_odd_count", "tensor 'a': shape [1] of type F4 does not fill whole bytes"),
    ])
  func refuses(name: String, reason: String) {
    let path = Fixture.path("negative/\(name).safetensors")
    #expect(
      text { () throws(CheckpointError) in _ = try SafetensorsFile(contentsOf: path) }
        == "\(path) is not a valid safetensors file: \(reason)")
  }

  @Test(
    "A file at the edge of the format is accepted",
    arguments: [
      ("ok_minimal", ["a": [2], "b": [2]]), ("ok_unordered_keys", ["a": [2], "b": [2]]),
      ("ok_padded_spaces", ["a": [2], "b": [2]]), ("ok_empty_tensor", ["a": [0, 3], "b": [4]]),
      ("ok_scalar", ["a": []]), ("ok_metadata", ["a": [4]]), ("ok_no_tensors", [:]),
      ("extra_field", ["a": [4]]),
    ])
  func accepts(name: String, shapes: [String: [Int]]) throws {
    let file = try SafetensorsFile(contentsOf: Fixture.path("negative/\(name).safetensors"))
    #expect(file.tensors.mapValues(\.shape) == shapes)
    #expect(try Checkpoint(fixture: "negative/\(name).safetensors").format == .safetensors)
  }

  @Test(
    "A header whose length begins with the bytes of a pickle is no pickle",
    arguments: [128, 640, 896, 1152, 1408])
  func headerLengths(count: Int) throws {
    let header = #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#.utf8
    let padding = [UInt8](repeating: 0x20, count: count - header.count)
    let length = withUnsafeBytes(of: UInt64(count).littleEndian) { Array($0) }
    let bytes = length + Array(header) + padding + [7]
    let checkpoint = try Checkpoint(bytes: ByteRegion(copying: bytes), path: "f")
    #expect(checkpoint.format == .safetensors)
    #expect(try checkpoint.tensor("a").floats() == [7])
  }

  @Test("Every case of the reference library is covered by one of the two tests above")
  func coversAllCases() {
    let names = Fixture.names(in: "negative").filter { $0.hasSuffix(".safetensors") }
    #expect(names.count == 29)
  }

  @Test(
    "A header written by hand is refused with the reason",
    arguments: [
      (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},}"#, "a string at byte 54"),
      (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#, "'}' at byte 53"),
      (#"{} x"#, "the end of the text at byte 3"),
      (#"{"a":{"shape":[01]}}"#, "an integer without leading zeros at byte 16 (tensor 'a')"),
      (#"{"a":{"shape":[1.0]}}"#, "an unsigned integer at byte 16 (tensor 'a')"),
      (#"{"a":{"shape":[1],"shape":[1]}}"#, "'shape' only once at byte 26 (tensor 'a')"),
      (#"{"\ud800":{}}"#, "a whole surrogate pair at byte 8"),
      (#"{"a\q":{}}"#, "a known escape at byte 5"),
      ("{\"a\n\":{}}", "no control character in a string at byte 4"),
    ])
  func refusesHeader(header: String, reason: String) {
    #expect(headerProblem(header)?.text == "its header should have \(reason)")
  }

  @Test("Keys that are the same text in two spellings count as one")
  func findsEscapedDuplicate() {
    #expect(
      headerProblem(#"{"__metadata__":{"a":"x","\u0061":"y"}}"#)?.text
        == "key '__metadata__.a' occurs twice in its header")
  }

  @Test("Unknown fields nest at most 64 levels deep")
  func boundsNesting() {
    func header(depth: Int) -> String {
      let opened = String(repeating: "[", count: depth)
      let closed = String(repeating: "]", count: depth)
      return #"{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0],"x":\#(opened)1\#(closed)}}"#
    }
    #expect(headerProblem(header(depth: 64)) == nil)
    #expect(
      headerProblem(header(depth: 65))?.text
        == "its header should have nesting of at most 64 levels at byte 121 (tensor 'a')")
    #expect(headerProblem(header(depth: 20000)) != nil)
  }

  @Test("A missing file, a folder and an empty file are refused")
  func refusesUnreadable() {
    #expect(
      text { () throws(CheckpointError) in _ = try SafetensorsFile(contentsOf: "/no/file") }
        == "cannot read /no/file: no such file or directory")
    #expect(
      text { () throws(CheckpointError) in _ = try SafetensorsFile(contentsOf: "/") }
        == "cannot read /: it is not a regular file")
    #expect(
      text { () throws(CheckpointError) in
        _ = try SafetensorsFile(contentsOf: Fixture.path("negative/ok_minimal.safetensors"))
          .tensor("c")
      }?.hasSuffix("has no tensor 'c'; is it a model of another kind?") == true)
  }

  @Test("Metadata is read")
  func readsMetadata() throws {
    let file = try SafetensorsFile(contentsOf: Fixture.path("negative/ok_metadata.safetensors"))
    #expect(file.metadata == ["format": "pt"])
  }

  private func headerProblem(_ header: String) -> SafetensorsProblem? {
    let length = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) }
    do throws(SafetensorsProblem) {
      _ = try SafetensorsReader(ByteRegion(copying: length + Array(header.utf8)))
      return nil
    } catch { return error }
  }
}

/// The text of the error that `body` throws.
func text(_ body: () throws(CheckpointError) -> Void) -> String? {
  do throws(CheckpointError) {
    try body()
    return nil
  } catch { return error.text }
}
