import Testing

@testable import Checkpoints

@Suite("Files from strangers")
struct HostileFilesTests {
  /// Reads `input` as a file of `format`, converts its tensors and maps them; true when it was a
  /// checkpoint.
  private func isReadable(_ input: ByteRegion, as format: Checkpoint.Format) -> Bool {
    let checkpoint: Checkpoint
    if format == .safetensors {
      guard let reader = try? SafetensorsReader(input) else { return false }
      checkpoint = Checkpoint(path: "f", format: format, tensors: reader.tensors)
    } else {
      guard let contents = try? CheckpointContents(input, format: format) else { return false }
      checkpoint = Checkpoint(
        path: "f", format: format, tensors: contents.tensors, attributes: contents.attributes)
    }
    for tensor in checkpoint.tensors.values where tensor.elementCount < 1 << 20 {
      _ = try? tensor.floats()
    }
    var options = ImportOptions()
    options.allowsMissing = true
    options.ignoresUnused = true
    _ = try? ImportedModel(checkpoint, options: options)
    return true
  }

  @Test("Inputs that fuzzing found to take new ways are survived by every reader")
  func fuzzedInputs() throws {
    let archive = try ZipArchive(try MappedFile.open(Fixture.path("fuzzed.zip")))
    #expect(archive.names.count >= 300)
    let budget = MemoryBudget(fileSize: 1 << 24)
    var readable = 0
    for name in archive.names {
      let input = try #require(try archive.read(name, budget: budget))
      for format in [
        Checkpoint.Format.safetensors, .torchArchive, .torchStream, .pickle, .npy,
      ] where isReadable(input, as: format) { readable += 1 }
    }
    #expect(readable >= 20)
  }

  @Test("A flipped bit anywhere is survived")
  func flippedBits() throws {
    for (name, format) in [
      ("formats/state_dict_zip_deflated.pth", Checkpoint.Format.torchArchive),
      ("formats/state_dict_legacy_py2.pth", .torchStream), ("numpy/dictionary_p2.pkl", .pickle),
      ("numpy/version1.npy", .npy), ("negative/ok_minimal.safetensors", .safetensors),
      ("numpy/deflated.npz", .torchArchive),
    ] {
      let original = try MappedFile.open(Fixture.path(name)).array
      var bytes = original
      for position in bytes.indices {
        let bit = UInt8(1) << UInt8(position % 8)
        bytes[position] ^= bit
        _ = isReadable(ByteRegion(copying: bytes), as: format)
        bytes[position] = original[position]
      }
      #expect(isReadable(ByteRegion(copying: original), as: format), "\(name)")
    }
  }
}
