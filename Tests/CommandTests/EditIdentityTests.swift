import Checkpoints
import Foundation
import Testing

/// `semblance edit --identity` through the built program, with a face network of a quarter of the
/// published width and arbitrary weights.
struct EditIdentityTests {
  private let work: Workspace

  init() throws {
    work = try Workspace()
    try Self.writeNetwork(to: work.path("person.safetensors"))
  }

  private static func writeNetwork(to path: String) throws {
    let list = try JSONSerialization.jsonObject(
      with: Data(
        contentsOf: URL(
          fileURLWithPath: Workspace.fixture("keylists/arcface_ir_se50_112.json"))))
    let keys = try #require((list as? [String: Any])?["keys"] as? [[Any]])
    var tensors: [String: CheckpointTensor] = [:]
    for key in keys {
      guard let name = key[0] as? String, let published = key[1] as? [Int],
        !name.hasSuffix("num_batches_tracked")
      else { continue }
      let shape = published.enumerated().map { $0 > 1 || $1 == 3 ? $1 : $1 / 4 }
      let count = shape.reduce(1, *)
      let center: Float = name.hasSuffix("running_var") || shape.count == 1 ? 1 : 0
      let inputs = Float(shape.dropFirst().reduce(1, *))
      let values = (0..<count).map { index in
        center + (Float((index * 2_654_435_761) % 1009) / 1009 - 0.5) * (4 / inputs.squareRoot())
          * (shape.count == 1 ? 0.1 : 1)
      }
      tensors["identity.\(name)"] = CheckpointTensor(floats: values, shape: shape)
    }
    try SafetensorsWriter.write(tensors, to: path)
  }

  /// The code of an edit in three steps.
  private func code(_ options: String...) throws -> [UInt8] {
    let run = try SemblanceBinary.run(
      [
        "edit", "face.code", "--mask", "painted.png", "-o", "out.png", "--steps", "3",
        "--save-code", "out.code",
      ] + options, in: work.folder)
    #expect(run.exitCode == 0, "\(run.errors)")
    return try work.bytes("out.code")
  }

  @Test func thePersonCountsAsMuchAsIsAsked() throws {
    let plain = try code()
    let network = ["--identity", "person.safetensors", "--identity-weight"]
    #expect(try code(network[0], network[1], network[2], "0") == plain)
    #expect(try code(network[0], network[1], network[2], "50") != plain)
  }

  @Test func otherFilesAreNoFaceNetwork() throws {
    let run = try SemblanceBinary.run(
      [
        "edit", "face.code", "--mask", "painted.png", "-o", "out.png", "--identity",
        Workspace.fixture("rosinality_g32/converted_zip.pt"),
      ], in: work.folder)
    #expect(run.exitCode == 1)
    #expect(run.errors.contains("has no tensor 'identity.input_layer.0.weight' of shape"))
    #expect(work.added == ["person.safetensors"])
  }

  @Test func aNegativeWeightIsAWrongCommandLine() throws {
    let run = try work.semblance(
      "edit", "face.code", "--mask", "painted.png", "-o", "out.png", "--identity-weight", "-1")
    #expect(run.exitCode == 64)
  }
}
