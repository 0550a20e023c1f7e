import Checkpoints
import Editing
import Foundation
import Testing

/// A folder of its own for each test, removed afterwards.
func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = NSTemporaryDirectory() + "semblance-tests-\(UUID().uuidString)"
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try body(folder)
}

func makeVector(_ values: [Float], name: String = "smile", model: String = "m1") -> EditVector {
  EditVector(
    delta: WPlus(rowCount: 2, width: values.count / 2, values: values),
    record: EditVector.Record(
      name: name, model: model, domain: "faces", classes: ["teeth"], layers: [0, 2],
      origin: "made for a test"))
}

func makeCode(_ values: [Float], model: String = "m1") -> LatentCode {
  LatentCode(
    wPlus: WPlus(rowCount: 2, width: values.count / 2, values: values),
    record: LatentCode.Record(
      model: model, domain: "faces", source: .sample(seed: 1, truncationPsi: 0.7), steps: 0))
}

@Suite("Edit vectors")
struct EditVectorTests {
  @Test func filesKeepEverything() throws {
    try withTemporaryFolder { folder in
      let vector = makeVector([1, -2.5, 0.1, 4])
      try vector.write(to: folder + "/v.safetensors")
      #expect(try EditVector(contentsOf: folder + "/v.safetensors") == vector)
      let code = makeCode([1, 2, 3, 4])
      try code.write(to: folder + "/c.code")
      #expect(try LatentCode(contentsOf: folder + "/c.code") == code)
    }
  }

  @Test func applyingAddsTheScaledDifference() throws {
    let moved = try makeCode([1, 2, 3, 4]).applying(makeVector([1, 0, -1, 2]), strength: 0.5)
    #expect(moved.wPlus.values == [1.5, 2, 2.5, 5])
    #expect(moved.record.edits == [.init(name: "smile", strength: 0.5)])
    let still = try makeCode([1, 2, 3, 4]).applying(makeVector([1, 0, -1, 2]), strength: 0)
    #expect(still.wPlus.values == [1, 2, 3, 4])
  }

  @Test func combiningAddsUp() throws {
    let a = makeVector([1, 0, 0, 0], name: "a")
    let b = makeVector([0, 2, 0, 0], name: "b")
    let both = try EditVector.combined([(a, 0.5), (b, -1)], name: "both")
    #expect(both.delta.values == [0.5, -2, 0, 0])
    #expect(both.record.origin == "combined from a:0.5 b:-1.0")
    #expect(throws: EditingError.nothingToCombine) { try EditVector.combined([], name: "none") }
  }

  @Test func vectorsOfOtherModelsAreRefusedUnlessForced() throws {
    let code = makeCode([1, 2, 3, 4])
    let other = makeVector([1, 1, 1, 1], model: "m2")
    let error = EditingError.vectorOfOtherModel("smile", expected: "m1", actual: "m2")
    #expect(throws: error) { try code.applying(other, strength: 1) }
    #expect(
      error.text
        == "vector 'smile' was made for model m2, this is model m1; learn it again, "
        + "or use --other-model to apply it anyway")
    #expect(try code.applying(other, strength: 1, force: true).wPlus.values == [2, 3, 4, 5])
    let small = makeVector([1, 1])
    #expect(throws: EditingError.vectorOfOtherSize("smile", expected: [2, 2], actual: [2, 1])) {
      try code.applying(small, strength: 1, force: true)
    }
    #expect(throws: EditingError.self) {
      try code.applying(makeVector([1, 1, 1, 1]), strength: .nan)
    }
  }

  @Test func otherFilesAreNamed() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/c.code"
      try makeCode([1, 2, 3, 4]).write(to: path)
      #expect(
        throws: EditingError.wrongFormat(
          path: path, expected: "semblance.edit-vector", actual: "semblance.latent-code")
      ) { try EditVector(contentsOf: path) }
      let missing = folder + "/none.safetensors"
      #expect(throws: EditingError.self) { try EditVector(contentsOf: missing) }
    }
  }

  @Test func theLibraryFindsShippedAndOwnVectors() throws {
    try withTemporaryFolder { folder in
      let library = VectorLibrary(folder: folder)
      let path = try library.store(makeVector([1, 2, 3, 4], name: "mine"), named: "mine")
      #expect(path == folder + "/faces/mine.safetensors")
      #expect(try library.vector(named: "mine", domain: "faces").delta.values == [1, 2, 3, 4])
      #expect(throws: EditingError.self) { try library.vector(named: "nothing", domain: nil) }
    }
  }
}
