@testable import Checkpoints

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Which reader gets the inputs: the value of the environment variable FUZZ_READER, else the one
/// that the first bytes of each input tell.
private let chosen = getenv("FUZZ_READER").flatMap { String(cString: $0) }

/// Called by libFuzzer with each input: reads it, converts what it holds and maps it to a model.
/// Every outcome but a crash, a hang or a large allocation is good.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = ByteRegion(copying: UnsafeBufferPointer(start: start, count: count))
  guard let checkpoint = read(input) else { return 0 }
  var left = 1 << 20
  for tensor in checkpoint.tensors.values where tensor.elementCount <= left {
    left -= tensor.elementCount
    _ = try? tensor.floats()
    _ = tensor.contiguousBytes()
  }
  var options = ImportOptions()
  options.allowsMissing = true
  options.ignoresUnused = true
  options.includesDiscriminator = count % 2 == 0
  options.foldsSpectralNorm = count % 3 == 0
  _ = try? ImportedModel(checkpoint, options: options)
  return 0
}

private func read(_ input: ByteRegion) -> Checkpoint? {
  let format: Checkpoint.Format
  switch chosen {
  case "safetensors": format = .safetensors
  case "torch-archive", "npz": format = .torchArchive
  case "torch-stream": format = .torchStream
  case "pickle": format = .pickle
  case "npy": format = .npy
  default:
    return try? Checkpoint(bytes: input, path: "input")
  }
  if format == .safetensors {
    guard let reader = try? SafetensorsReader(input) else { return nil }
    return Checkpoint(
      path: "input", format: format, tensors: reader.tensors, metadata: reader.metadata)
  }
  guard let contents = try? CheckpointContents(input, format: format) else { return nil }
  return Checkpoint(
    path: "input", format: contents.format, tensors: contents.tensors,
    attributes: contents.attributes)
}
