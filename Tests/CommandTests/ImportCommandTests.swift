import Checkpoints
import Foundation
import Testing

/// `semblance import` and `semblance models show` through the built program.
struct ImportCommandTests {
  private let work: Workspace

  init() throws { work = try Workspace() }

  /// A checkpoint among the fixtures of the readers' tests.
  private func fixture(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("CheckpointsTests/Fixtures/\(name)").path
  }

  @Test func importsGeneratorWithClassifiers() throws {
    let generator = fixture("rosinality_g32/converted_zip.pt")
    let classifier = fixture("editgan_classifier/car_model_6class_zip.pth")
    let names = ["road", "body", "wheel", "window", "light", "plate"]
    let list = names.enumerated()
      .map { #"{"name": "\#($1)", "color": [\#($0 * 40), 10, 20]}"# }.joined(separator: ",")
    try work.write(Array("[\(list)]".utf8), to: "parts.json")
    let run = try work.semblance(
      "import", generator, classifier, classifier, "--classes", "parts.json", "-o",
      "my.safetensors")
    #expect(run.exitCode == 0)
    #expect(run.errors == "")
    #expect(
      run.output == """
        \(generator): PyTorch archive, StyleGAN2 generator of rosinality's stylegan2-pytorch, \
        32x32 pixels, 8 rows of 32, 0.1 million parameters
        \(classifier): PyTorch archive, pixel classifier of EditGAN, 6 classes, 0.0 million \
        parameters
          licence: weights published with EditGAN are under an NVIDIA licence for non-commercial use
        \(classifier): PyTorch archive, pixel classifier of EditGAN, 6 classes, 0.0 million \
        parameters
          licence: weights published with EditGAN are under an NVIDIA licence for non-commercial use
        my.safetensors: 78 tensors, 0.1 million parameters

        """)
    let file = try SafetensorsFile(contentsOf: work.path("my.safetensors"))
    #expect(file.tensors["segmentation.1.fc0.weight"]?.shape == [128, 24])
    #expect(file.metadata["classes"]?.contains(#"{"color":[200,10,20],"name":"plate"}"#) == true)
  }

  @Test func tellsWhatItFoundWithoutOutput() throws {
    let pickle = fixture("sg2ada_g32/network-snapshot-000000.pkl")
    let run = try work.semblance("import", pickle, "--json")
    #expect(run.exitCode == 0)
    let result = try #require(
      try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    let file = try #require((result["files"] as? [[String: Any]])?.first)
    #expect(file["kind"] as? String == "stylegan2-ada")
    #expect(file["tensors"] as? Int == 87)
    #expect(result["output"] == nil)
    #expect(work.added.isEmpty)
  }

  @Test func refusesUnsafeFilesAndLeavesNothing() throws {
    let pickle = fixture("negative/pickle_global_eval.pkl")
    let run = try work.semblance("import", pickle, "-o", "out.safetensors")
    #expect(run.exitCode == 1)
    #expect(
      run.errors == "semblance: cannot import \(pickle): at byte 2 of its pickle, the import of "
        + "'builtins.eval' is refused: it is not among the names that checkpoints use, and nothing "
        + "in a file is ever executed\n")
    #expect(work.added.isEmpty)
  }

  @Test func refusesWrongClassLists() throws {
    let classifier = fixture("editgan_classifier/car_model_6class_zip.pth")
    for (text, reason) in [
      ("{}", "it is not a JSON list of {\"name\": ..., \"color\": [r, g, b]}"),
      (
        #"[{"name": "a", "color": [1, 2, 256]}]"#,
        "'a' has a colour that is not three numbers of 0 to 255"
      ),
      (#"[{"name": "a", "color": [1, 2, 3]}]"#, "it has 1 classes, the segmentation 6"),
    ] {
      try work.write(Array(text.utf8), to: "parts.json")
      let run = try work.semblance(
        "import", classifier, "--classes", "parts.json", "-o", "out.safetensors")
      #expect(run.exitCode == 1)
      #expect(run.errors == "semblance: parts.json: no list of classes: \(reason)\n")
      #expect(work.added == ["parts.json"])
    }
  }

  @Test func refusesWrongCommandLines() throws {
    for arguments in [
      ["import"], ["import", "a.pt", "b.pt", "--kind", "rosinality"],
      ["import", "a.pt", "-o", "model.pt"], ["import", "a.pt", "--kind", "nothing"],
      ["import", "a.pt", "--classes", "c.json"],
    ] {
      #expect(try SemblanceBinary.run(arguments, in: work.folder).exitCode == 64)
    }
    let run = try work.semblance("import", "no.pt")
    #expect(run.exitCode == 1)
    #expect(run.errors == "semblance: cannot read no.pt: no such file or directory\n")
  }

  @Test func showsTensors() throws {
    let run = try work.semblance(
      "models", "show", fixture("formats/state_dict_legacy_py2.pth"))
    #expect(run.exitCode == 0)
    #expect(run.output.hasPrefix(fixture("formats/state_dict_legacy_py2.pth")))
    #expect(
      run.output.contains(
        """
        : PyTorch legacy stream, 7 tensors, 0.0 million parameters
          F32  [3]           0.bias
          F32  [3, 2, 3, 3]  0.weight
          F32  [3]           1.bias
          I64  []            1.num_batches_tracked

        """))
  }
}
