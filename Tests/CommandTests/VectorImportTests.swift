import Editing
import Foundation
import Testing

/// `semblance vector import` through the built program. All files hold rows of
/// `(32 row + column - 128) / 64`.
struct VectorImportTests {
  private let work: Workspace

  init() throws {
    work = try Workspace()
    try work.writeClassifier(to: "classifier.safetensors")
    try work.writeClasses()
    let run = try work.semblance(
      "import", Workspace.fixture("rosinality_g32/converted_zip.pt"), "classifier.safetensors",
      "--classes", "parts.json", "-o", "my.safetensors")
    #expect(run.exitCode == 0, "\(run.errors)")
  }

  private func expected(_ row: Int) -> [Float] { (0..<32).map { Float(32 * row + $0 - 128) / 64 } }

  private func vector(_ name: String, _ options: String...) throws -> EditVector {
    let run = try SemblanceBinary.run(
      [
        "vector", "import", Workspace.fixture("vectors/\(name)"), "-o", "./v.safetensors",
        "--model",
        "my.safetensors",
      ] + options, in: work.folder)
    #expect(run.exitCode == 0, "\(run.errors)")
    return try EditVector(contentsOf: work.path("v.safetensors"))
  }

  @Test func readsVectorsOfEditGAN() throws {
    let vector = try vector("wheel_enlarge.npy")
    #expect(vector.delta.values == (0..<8).flatMap { expected($0) })
    #expect(vector.record.layers == [0, 8])
    #expect(vector.record.origin == "imported from wheel_enlarge.npy, a difference in W+")
  }

  @Test func movesOnlyTheWantedRowsByTheScale() throws {
    let vector = try vector("wheel_enlarge.npy", "--rows", "2-3", "--scale", "-2")
    let zero = [Float](repeating: 0, count: 32)
    #expect(
      vector.delta.values
        == (0..<8).flatMap { [2, 3].contains($0) ? expected($0).map { -2 * $0 } : zero })
    #expect(vector.record.layers == [2, 4])
    #expect(vector.record.origin.hasSuffix(", times -2.0"))
  }

  @Test(arguments: [("boundary.npy", 3), ("age.pt", 2)])
  func usesOneRowForAllLayers(name: String, row: Int) throws {
    let vector = try vector(name)
    #expect(vector.delta.values == (0..<8).flatMap { _ in expected(row) })
    #expect(vector.record.origin == "imported from \(name), a direction in W")
  }

  @Test func choosesPrincipalComponents() throws {
    let vector = try vector("pca.pt", "--component", "2", "--rows", "7")
    #expect(vector.delta.values.suffix(32).elementsEqual(expected(2).map { 3 * $0 }))
    #expect(vector.delta.values.prefix(7 * 32).allSatisfy { $0 == 0 })
  }

  @Test func namesTheClassesOfTheEditorsPickles() throws {
    let vector = try vector("current_editing_latent_cache.pickle")
    #expect(vector.delta.values == (0..<8).flatMap { expected($0) })
    #expect(vector.record.classes == ["wheel", "plate"])
    #expect(
      try self.vector("boundary.npy", "--classes", "road,light").record.classes == [
        "road", "light",
      ])
  }

  @Test func refusesWhatDoesNotFit() throws {
    for (arguments, error) in [
      (
        ["pca.pt"],
        "pca.pt cannot be used as a vector: it holds 4 principal components; choose one with "
          + "--component"
      ),
      (
        ["pca.pt", "--component", "4"],
        "pca.pt cannot be used as a vector: there is no component 4: 'comp' has shape [4, 1, 32], "
          + "'std' [4]"
      ),
      (
        ["boundary.npy", "--component", "0"],
        "boundary.npy cannot be used as a vector: it holds no principal components; leave "
          + "--component out"
      ),
      (
        ["wheel_enlarge.npy", "--rows", "2-8"],
        "wheel_enlarge.npy cannot be used as a vector: rows 2-8 are wanted, the model has rows 0-7"
      ),
      (
        ["boundary.npy", "--classes", "tail"],
        "no class 'tail'; the model has road, body, wheel, window, light, plate"
      ),
    ] {
      try? FileManager.default.removeItem(at: work.url(arguments[0]))
      try FileManager.default.copyItem(
        atPath: Workspace.fixture("vectors/\(arguments[0])"), toPath: work.path(arguments[0]))
      let run = try SemblanceBinary.run(
        ["vector", "import"] + arguments + ["-o", "./v.safetensors", "--model", "my.safetensors"],
        in: work.folder)
      #expect(run.exitCode == 1)
      #expect(run.errors == "semblance: \(error)\n")
    }
    // No model is named: the one that comes with the program has other sizes.
    let faces = try ModelLibrary().model(named: "faces")
    let run = try work.semblance(
      "vector", "import", Workspace.fixture("vectors/boundary.npy"), "-o", "./v.safetensors")
    #expect(
      run.errors == "semblance: vector 'v' has size [1, 32], this model needs "
        + "[\(faces.rowCount), \(faces.latentWidth)]\n")
  }

  @Test(arguments: [
    ["--rows", "3-2"], ["--rows", "a"], ["--component", "-1"], ["--scale", "nan"],
  ])
  func refusesWrongCommandLines(arguments: [String]) throws {
    let run = try SemblanceBinary.run(
      ["vector", "import", "a.npy", "-o", "v"] + arguments, in: work.folder)
    #expect(run.exitCode == 64)
  }
}
