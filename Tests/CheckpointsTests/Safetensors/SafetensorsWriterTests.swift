import Testing

@testable import Checkpoints

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("Writing safetensors")
struct SafetensorsWriterTests {
  private let tensors = [
    "b": CheckpointTensor(floats: [1, -2.5, 65504, 1e-7], shape: [2, 2]),
    "a": CheckpointTensor(floats: [0.1], shape: []),
    "empty": CheckpointTensor(floats: [], shape: [0, 3]),
  ]

  @Test("What was written is read again, with metadata of any characters")
  func roundTrip() throws {
    let metadata = ["tricky \"key\"\n": "tab\t, quote \", \u{1} and é日😀\\", "empty": ""]
    try Fixture.withTemporaryFolder { folder in
      let path = "\(folder)/model.safetensors"
      try SafetensorsWriter.write(tensors, metadata: metadata, to: path)
      let file = try SafetensorsFile(contentsOf: path)
      #expect(file.metadata == metadata)
      #expect(file.tensors.keys.sorted() == ["a", "b", "empty"])
      #expect(try file.tensor("b").floats() == [1, -2.5, 65504, 1e-7])
      #expect(try file.tensor("a").floats() == [0.1])
      #expect(try file.tensor("a").shape == [])
      #expect(try file.tensor("empty").shape == [0, 3])
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["model.safetensors"])
    }
  }

  @Test("The bytes are those of the format: ordered by element size, then by name")
  func bytes() throws {
    let integer = try CheckpointTensor(
      .i64, shape: [1], storage: ByteRegion(copying: [7, 0, 0, 0, 0, 0, 0, 0]))
    try Fixture.withTemporaryFolder { folder in
      let path = "\(folder)/t.safetensors"
      try SafetensorsWriter.write(
        ["z": integer, "b": tensors["a"], "a": tensors["a"]].compactMapValues { $0 },
        metadata: ["k": "v"], to: path)
      let header =
        #"{"__metadata__":{"k":"v"},"z":{"dtype":"I64","shape":[1],"#
        + #""data_offsets":[0,8]},"a":{"dtype":"F32","shape":[],"data_offsets":[8,12]},"#
        + #""b":{"dtype":"F32","shape":[],"data_offsets":[12,16]}}"#
      let padding = String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
      let expected =
        [UInt8(header.utf8.count + padding.utf8.count), 0, 0, 0, 0, 0, 0, 0]
        + Array((header + padding).utf8) + [7, 0, 0, 0, 0, 0, 0, 0]
        + [0xcd, 0xcc, 0xcc, 0x3d, 0xcd, 0xcc, 0xcc, 0x3d]
      #expect(try MappedFile.open(path).array == expected)
    }
  }

  @Test("Half precision rounds to nearest even, except where single precision is asked for")
  func halfPrecision() throws {
    try Fixture.withTemporaryFolder { folder in
      let path = "\(folder)/t.safetensors"
      try SafetensorsWriter.write(
        tensors, precision: .float16, keepingSinglePrecision: ["a"], to: path)
      let file = try SafetensorsFile(contentsOf: path)
      #expect(try file.tensor("b").elementType == .f16)
      #expect(try file.tensor("b").floats() == [1, -2.5, 65504, 0x1p-23])
      #expect(try file.tensor("a").elementType == .f32)
    }
  }

  @Test("A value beyond half precision is refused and the old file stays as it was")
  func overflow() throws {
    try Fixture.withTemporaryFolder { folder in
      let path = "\(folder)/t.safetensors"
      try SafetensorsWriter.write(tensors, to: path)
      let old = try MappedFile.open(path).array
      let large = ["w": CheckpointTensor(floats: [1, 65520], shape: [2])]
      #expect(
        text { () throws(CheckpointError) in
          try SafetensorsWriter.write(large, precision: .float16, to: path)
        } == "tensor 'w' holds 65520.0, beyond the range of float16; write it as float32")
      #expect(try MappedFile.open(path).array == old)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["t.safetensors"])
    }
  }

  @Test("A path that cannot be written is refused")
  func unwritable() throws {
    #expect(
      text { () throws(CheckpointError) in
        try SafetensorsWriter.write(tensors, to: "/no/folder/t.safetensors")
      } == "cannot write /no/folder/t.safetensors: no such file or directory")
    try Fixture.withTemporaryFolder { folder in
      #expect(
        text { () throws(CheckpointError) in
          try SafetensorsWriter.write(tensors, to: folder)
        } == "cannot write \(folder): it is a directory")
    }
  }
}
