import Testing

@testable import Checkpoints

@Suite("Reading pickles")
struct PickleMachineTests {
  @Test("Tensors of plain pickles come out bit for bit", arguments: [2, 3, 4, 5])
  func plainPickles(version: Int) throws {
    let expected = try SafetensorsFile(
      contentsOf: Fixture.path("formats/tensors_expected.safetensors"))
    let file = try Checkpoint(fixture: "formats/plain_pickle_p\(version).pkl")
    #expect(file.format == .pickle)
    #expect(isEqual(file.tensors, expected.tensors))
  }

  @Test("Integers of any length and bytes keep their value")
  func largeValues() throws {
    let archive = try TorchReader.open(
      try MappedFile.open(Fixture.path("formats/misc_zip_p2.pt")))
    let graph = try TorchReader.readZip(archive, budget: MemoryBudget(fileSize: 1 << 20))
    func bytes(_ key: String) -> [UInt8]? {
      switch graph.lookUp(key, in: graph.root) {
      case .largeInteger(let region), .bytes(let region): region.array
      default: nil
      }
    }
    // 2^70 and its negative, lowest byte first.
    #expect(bytes("big") == [0, 0, 0, 0, 0, 0, 0, 0, 0x40])
    #expect(bytes("neg_big") == [0, 0, 0, 0, 0, 0, 0, 0, 0xc0])
    #expect(bytes("raw") == [0x00, 0xff, 0x62, 0x79, 0x74, 0x65, 0x73])
  }

  @Test(
    "An unsafe or broken pickle is refused with the reason",
    arguments: [
      ("pickle_deep_nesting", "its containers nest more than 100 deep"),
      ("pickle_dotted_global", "at byte 46 of its pickle, 95 is no instruction"),
      (
        "pickle_ext1",
        "at byte 2 of its pickle, instruction EXT1 is refused: no checkpoint needs it"
      ),
      (
        "pickle_global_eval",
        "at byte 2 of its pickle, the import of 'builtins.eval' is refused: it is not among the "
          + "names that checkpoints use, and nothing in a file is ever executed"
      ),
      (
        "pickle_inst_eval",
        "at byte 3 of its pickle, instruction UNICODE is refused: no checkpoint needs it"
      ),
      ("pickle_long4_huge", "at byte 2 of its pickle, 2147483647 bytes are needed and 1 are left"),
      ("pickle_memo_missing", "at byte 2 of its pickle, there is no memo entry 5"),
      ("pickle_no_stop", "at byte 3 of its pickle, 1 bytes are needed and 0 are left"),
      (
        "pickle_obj_opcode",
        "at byte 3 of its pickle, the import of 'builtins.eval' is refused: it is not among the "
          + "names that checkpoints use, and nothing in a file is ever executed"
      ),
      (
        "pickle_protocol_9",
        "at byte 0 of its pickle, protocol 9 is not supported (2 to 5 are)"
      ),
      ("pickle_recursive_list", "its containers nest more than 100 deep"),
      (
        "pickle_stack_global_eval",
        "at byte 18 of its pickle, the import of 'builtins.eval' is refused: it is not among the "
          + "names that checkpoints use, and nothing in a file is ever executed"
      ),
      ("pickle_stack_underflow", "at byte 2 of its pickle, the stack is empty"),
      ("pickle_truncated", "at byte 5 of its pickle, 2147483647 bytes are needed and 3 are left"),
      ("pickle_unknown_opcode", "at byte 2 of its pickle, 255 is no instruction"),
    ])
  func refuses(name: String, reason: String) {
    let path = Fixture.path("negative/\(name).pkl")
    #expect(
      text { () throws(CheckpointError) in _ = try Checkpoint(contentsOf: path) }
        == "cannot import \(path): \(reason)")
  }

  @Test("Every case of the negative fixtures is covered")
  func coversAllCases() {
    let names = Fixture.names(in: "negative")
    #expect(names.filter { $0.hasSuffix(".pkl") }.count == 15)
    #expect(names.filter { $0.hasSuffix(".pt") }.count == 9)
  }

  private func problem(_ pickle: [UInt8]) -> String? {
    do throws(CheckpointError) {
      _ = try Checkpoint(bytes: ByteRegion(copying: [0x80, 0x04] + pickle), path: "f")
      return nil
    } catch { return String(error.text.dropFirst("cannot import f: ".count)) }
  }

  @Test("Names that only code could give a meaning are refused, whatever they look like")
  func otherNames() {
    for name in [
      "os\nsystem", "posix\nsystem", "builtins\nexec", "builtins\ngetattr", "subprocess\nPopen",
      "torch\nload", "torch.hub\nload", "torch.nn.modules.linear\nLinear.forward",
      "numpy.core.multiarray\n_reconstruct.x", "torch._utils\n_rebuild_tensor_v2 ", "\n", "torch\n",
      "collections\nOrderedDict.fromkeys", "functools\npartial", "operator\nattrgetter",
      "pickle\nloads", "importlib\nimport_module", "numpy\nload", "torch.storage\n_load_from_path",
    ] {
      #expect(
        problem([0x63] + Array(name.utf8) + [0x0a, 0x2e])?.contains("is refused") == true, "\(name)"
      )
    }
  }

  @Test("Calls of known names with other arguments are refused")
  func otherArguments() {
    let tensor = Array("ctorch._utils\n_rebuild_tensor_v2\n".utf8)
    #expect(
      problem(tensor + [0x29, 0x52, 0x2e])
        == "at byte 36 of its pickle, the arguments of rebuildTensor do not fit")
    #expect(
      problem(tensor + [0x4b, 0x01, 0x52, 0x2e])
        == "at byte 37 of its pickle, the arguments of rebuildTensor do not fit")
    #expect(
      problem([0x4b, 0x01, 0x29, 0x52, 0x2e])
        == "at byte 5 of its pickle, a call of something that cannot be called is refused")
    #expect(
      problem(tensor + [0x29, 0x81, 0x2e])
        == "at byte 36 of its pickle, a call of something that cannot be called is refused")
    let nested = Array("ctorch.storage\n_load_from_bytes\n".utf8)
    #expect(
      problem(nested + [0x43, 0x01, 0x00, 0x85, 0x52, 0x2e])
        == "nested bytes are no PyTorch storage")
    #expect(
      problem([0x7d, 0x4b, 0x01, 0x51, 0x2e])
        == "at byte 5 of its pickle, a persistent identifier stands where none can be")
  }

  @Test("A pickle that grows without end meets its budget")
  func budget() {
    // A thousand levels, each a tuple of the one below twice: 2^1000 visits.
    var laughs: [UInt8] = [0x29]
    for _ in 0..<90 { laughs += [0x94, 0x68, 0, 0x86] }
    var bomb: [UInt8] = [0x29, 0x71, 0]
    for level in 0..<60 { bomb += [0x68, UInt8(level), 0x86, 0x71, UInt8(level + 1)] }
    #expect(
      problem(bomb + [0x2e])
        == "at byte \(bomb.count + 3) of its pickle, the limit of 300000 instructions and objects "
        + "is exceeded")
    #expect(
      problem([UInt8](repeating: 0x5d, count: 400_000) + [0x2e])?.hasSuffix(
        "the limit of 300000 instructions and objects is exceeded") == true)
    // The same text encoded over and over: 200 bytes of instructions for a megabyte each.
    let encode: [UInt8] = Array("c_codecs\nencode\n".utf8) + [0x71, 0]
    let text = [UInt8](repeating: 0x61, count: 1 << 20)
    var copies = encode + [0x58, 0, 0, 0x10, 0] + text + [0x71, 1]
    copies += [0x8c, 6] + Array("latin1".utf8) + [0x71, 2]
    for _ in 0..<60 { copies += [0x68, 0, 0x68, 1, 0x68, 2, 0x86, 0x52] }
    #expect(problem(copies + [0x2e])?.contains("bytes for this file is exceeded") == true)
  }

  @Test("An expanded tensor that would fill the memory is refused")
  func expandedTensor() throws {
    let path = Fixture.path("torch/expanded.pt")
    let size = try MappedFile.open(path).count
    #expect(
      text { () throws(CheckpointError) in _ = try Checkpoint(contentsOf: path) }
        == "cannot import \(path): with 'large' its tensors would take more than "
        + "\(4 * size + 64 << 20) bytes, far more than the file")
  }
}
