import Testing

@testable import Checkpoints

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("Reading PyTorch files")
struct TorchReaderTests {
  @Test(
    "Tensors of every type and view come out bit for bit",
    arguments: ["zip_p2", "zip_p3", "zip_p4", "legacy_p2", "legacy_p3", "legacy_p4"])
  func allTensors(variant: String) throws {
    let file = try Checkpoint(fixture: "formats/misc_\(variant).pt")
    let expected = try SafetensorsFile(
      contentsOf: Fixture.path("formats/tensors_expected.safetensors"))
    #expect(file.format == (variant.hasPrefix("zip") ? .torchArchive : .torchStream))
    #expect(isEqual(file.tensors, expected.tensors, prefix: "state_dict."))
  }

  @Test("Settings of every type come out beside the tensors")
  func settings() throws {
    let file = try Checkpoint(fixture: "formats/misc_zip_p2.pt")
    let expected: [String: Checkpoint.Attribute] = [
      "epoch": .integer(7), "neg": .integer(-3), "pi": .double(3.141592653589793),
      "flag": .bool(true), "text": .text("café 日本 😀"), "nested.0": .integer(1),
      "nested.1.0": .double(2.5), "nested.1.1": .text("x"), "nested.5.3": .integer(4),
      "opts.stylegan_size": .integer(1024), "opts.encoder_type": .text("Encoder4Editing"),
      "args.size": .integer(256), "args.lr": .double(0.002), "size.2": .integer(3),
      "aset.0": .integer(1), "aset.1": .integer(2), "int_keys.0": .text("a"),
      "int_keys.1": .text("b"), "shared_ref.1.1": .text("x"),
    ]
    for (name, value) in expected { #expect(file.attributes[name] == value, "\(name)") }
  }

  @Test(
    "A state dictionary comes out of every container bit for bit",
    arguments: [
      ("state_dict_zip.pth", ""), ("state_dict_zip_1_6_style.pth", ""),
      ("state_dict_zip_deflated.pth", ""), ("state_dict_legacy.pth", ""),
      ("state_dict_legacy_py2.pth", ""), ("dataparallel_legacy.pth", "state_dict.module."),
    ])
  func stateDictionary(name: String, prefix: String) throws {
    let expected = try SafetensorsFile(
      contentsOf: Fixture.path("formats/state_dict_expected.safetensors"))
    let file = try Checkpoint(fixture: "formats/\(name)")
    #expect(isEqual(file.tensors, expected.tensors, prefix: prefix))
  }

  @Test("Archives of big-endian machines and zip64 archives hold the same tensors")
  func variants() throws {
    let expected = try Checkpoint(fixture: "torch/little_endian.pt").tensors
    #expect(try expected["a"]?.floats() == [0, 1, 2, 3, 4, 5])
    #expect(try expected["b"]?.floats() == [1, -2])
    #expect(try expected["half"]?.floats() == [0, 0.25, 0.5, 0.75, 1, 1.25])
    #expect(isEqual(try Checkpoint(fixture: "torch/big_endian.pt").tensors, expected))
    #expect(isEqual(try Checkpoint(fixture: "torch/zip64.pt").tensors, expected))
  }

  @Test("Untyped storages, bare tensors, whole modules and views of blocks are read")
  func otherContents() throws {
    let untyped = try Checkpoint(fixture: "torch/untyped.pt").tensors
    #expect(try untyped["u16"]?.floats() == [1, 65535])
    #expect(untyped["f8"]?.elementType == .f8e4m3)
    #expect(untyped["f8"]?.contiguousBytes().array == [0x38, 0xc0])
    for name in ["torch/bare_tensor.pt", "torch/bare_tensor_legacy.pt"] {
      #expect(try Checkpoint(fixture: name).tensor("tensor").floats() == [0, 1, 2])
    }
    let module = try Checkpoint(fixture: "torch/whole_module.pt")
    #expect(module.tensors.mapValues(\.shape) == ["0.weight": [3, 2], "0.bias": [3]])
    let views = try Checkpoint(fixture: "torch/legacy_views.pt")
    #expect(try views.tensor("head").floats() == [0, 1])
    #expect(try views.tensor("tail").floats() == [2, 3, 4, 5])
  }

  @Test(
    "A tensor that reaches outside its storage is refused with the reason",
    arguments: [
      (
        "pt_huge_stride",
        "tensor 'tensor': shape [2] with strides [4611686018427387904] from offset 0 reaches past "
          + "the 4 stored elements"
      ),
      (
        "pt_key_path_traversal",
        "at byte 105 of its pickle, a persistent identifier names no storage"
      ),
      ("pt_negative_offset", "tensor 'tensor': offset -1 is negative"),
      ("pt_negative_size", "tensor 'tensor': shape [-4] has a negative dimension"),
      ("pt_negative_stride", "tensor 'tensor': strides [-1] have a negative entry"),
      (
        "pt_numel_larger_than_record",
        "storage '0' should hold 8 elements of type F32, the file has 16 bytes for it"
      ),
      (
        "pt_shape_overflow",
        "tensor 'tensor': shape [4611686018427387904, 8] has more elements than fit into memory"
      ),
      (
        "pt_view_past_end",
        "tensor 'tensor': shape [4] with strides [1] from offset 2 reaches past the 4 stored "
          + "elements"
      ),
    ])
  func refuses(name: String, reason: String) {
    let path = Fixture.path("negative/\(name).pt")
    #expect(
      text { () throws(CheckpointError) in _ = try Checkpoint(contentsOf: path) }
        == "cannot import \(path): \(reason)")
  }

  @Test("A storage named by a path is refused")
  func pathAsKey() {
    let path = Fixture.path("torch/path_key.pt")
    #expect(
      text { () throws(CheckpointError) in _ = try Checkpoint(contentsOf: path) }
        == "cannot import \(path): the storage name '../../etc/passwd' is a path")
  }

  @Test("The control of the refused files is accepted")
  func control() throws {
    let tensor = try Checkpoint(fixture: "negative/pt_ok_control.pt").tensor("tensor")
    #expect(tensor.shape == [4])
  }

  @Test("A file cut off at any place is refused, never crashes")
  func truncated() throws {
    for name in [
      "formats/misc_zip_p2.pt", "formats/misc_legacy_p2.pt", "formats/plain_pickle_p2.pkl",
      "formats/state_dict_zip_deflated.pth", "numpy/dictionary_p5.pkl", "torch/legacy_views.pt",
    ] {
      let whole = try MappedFile.open(Fixture.path(name))
      for count in stride(from: 0, to: whole.count, by: 3) {
        guard let part = whole.slice(offset: 0, count: count) else { continue }
        #expect(throws: CheckpointError.self, "\(name) cut to \(count)") {
          try Checkpoint(bytes: part, path: name)
        }
      }
    }
  }

  @Test("Other files are refused as what they are")
  func otherFiles() {
    func reason(_ bytes: [UInt8]) -> String? {
      text { () throws(CheckpointError) in
        _ = try Checkpoint(bytes: ByteRegion(copying: bytes), path: "f")
      }
    }
    #expect(
      reason(Array("\u{89}PNG\r\n\u{1a}\n and more".utf8))
        == "f is in no supported format (safetensors, PyTorch, NVIDIA or TensorFlow StyleGAN2 "
        + "pickle, NumPy)")
    #expect(
      reason([UInt8](repeating: 0x61, count: 257) + Array("ustar".utf8))
        == "f is a tar archive; PyTorch before 0.1.10 wrote these, save it again with a newer one")
    #expect(
      reason([]) == "f is not a valid safetensors file: it has 0 bytes, fewer than the 8 of the "
        + "header length")
  }
}
