import Editing
import Foundation
import TestSupport
import Testing

/// What the repository ships beside its models was made with these very models.
@Suite("Shipped vectors, directions and probes")
struct ShippedFilesTests {
  private let root = repositoryFolder(of: #filePath)

  private func files(in folder: String, ending suffix: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root + "/" + folder)
      .filter { $0.hasSuffix(suffix) }.map { root + "/" + folder + "/" + $0 }
  }

  @Test("belong to the shipped model of their domain", arguments: ["faces", "cars"])
  func models(domain: String) throws {
    let model = try ModelLibrary().model(named: domain)
    let vectors = try files(in: "edit-vectors/" + domain, ending: ".safetensors")
    let directions = try files(in: "examples/evaluation/directions", ending: ".safetensors")
      .filter { $0.contains("/\(domain)-") }
    #expect(vectors.count >= 4 && directions.count >= 4)
    for path in vectors + directions {
      #expect(try EditVector(contentsOf: path).record.model == model.fingerprint, "\(path)")
    }
    let probe = try AttributeProbe(contentsOf: root + "/examples/evaluation/\(domain).probe")
    #expect(probe.record.model == model.revision)
  }
}
